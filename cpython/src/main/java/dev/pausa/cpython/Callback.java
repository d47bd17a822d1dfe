package dev.pausa.cpython;

import org.jspecify.annotations.Nullable;

/** A function in Java that Python can call, with the conversions of {@link Interpreter#call}. Runs attached. */
@FunctionalInterface
public interface Callback {
    /** What it throws becomes a {@code RuntimeError} in Python. */
    @Nullable
    Object call(@Nullable Object... arguments) throws Exception;
}
