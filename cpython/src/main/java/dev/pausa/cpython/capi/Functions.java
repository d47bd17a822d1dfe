package dev.pausa.cpython.capi;

import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * C functions by their number of arguments. A record in a {@code static final} field is a constant for the compiler, and so
 * is the handle in it.
 */
public final class Functions {
    private static final Linker.Option CRITICAL = Linker.Option.critical(false);

    private Functions() {}

    /** A C function of no argument. */
    public record Function0(MethodHandle handle) {
        static Function0 of(String symbol) {
            return new Function0(Native.link(symbol, 0));
        }

        /** One that not every CPython has. */
        static @Nullable Function0 optional(String symbol) {
            MethodHandle handle = Native.linkOptional(symbol, 0);
            return handle == null ? null : new Function0(handle);
        }

        public long call() {
            try {
                return (long) handle.invokeExact();
            } catch (Throwable thrown) {
                throw Native.unexpected(thrown);
            }
        }
    }

    /** A C function of one argument. */
    public record Function1(MethodHandle handle) {
        static Function1 of(String symbol) {
            return new Function1(Native.link(symbol, 1));
        }

        /** One that is short and never runs Python code (rule 15). */
        static Function1 critical(String symbol) {
            return new Function1(Native.link(symbol, 1, CRITICAL));
        }

        /** One that not every CPython has. */
        static @Nullable Function1 optional(String symbol) {
            MethodHandle handle = Native.linkOptional(symbol, 1);
            return handle == null ? null : new Function1(handle);
        }

        public long call(long a) {
            try {
                return (long) handle.invokeExact(a);
            } catch (Throwable thrown) {
                throw Native.unexpected(thrown);
            }
        }
    }

    /** A C function of two arguments. */
    public record Function2(MethodHandle handle) {
        static Function2 of(String symbol) {
            return new Function2(Native.link(symbol, 2));
        }

        /** One that is short and never runs Python code (rule 15). */
        static Function2 critical(String symbol) {
            return new Function2(Native.link(symbol, 2, CRITICAL));
        }

        public long call(long a, long b) {
            try {
                return (long) handle.invokeExact(a, b);
            } catch (Throwable thrown) {
                throw Native.unexpected(thrown);
            }
        }
    }

    /** A C function of three arguments. */
    public record Function3(MethodHandle handle) {
        static Function3 of(String symbol) {
            return new Function3(Native.link(symbol, 3));
        }

        /** One that is short and never runs Python code (rule 15). */
        static Function3 critical(String symbol) {
            return new Function3(Native.link(symbol, 3, CRITICAL));
        }

        /** One that not every CPython has. */
        static @Nullable Function3 optional(String symbol) {
            MethodHandle handle = Native.linkOptional(symbol, 3);
            return handle == null ? null : new Function3(handle);
        }

        public long call(long a, long b, long c) {
            try {
                return (long) handle.invokeExact(a, b, c);
            } catch (Throwable thrown) {
                throw Native.unexpected(thrown);
            }
        }
    }

    /** A C function of four arguments. */
    public record Function4(MethodHandle handle) {
        static Function4 of(String symbol) {
            return new Function4(Native.link(symbol, 4));
        }

        /** One that not every CPython has. */
        static @Nullable Function4 optional(String symbol) {
            MethodHandle handle = Native.linkOptional(symbol, 4);
            return handle == null ? null : new Function4(handle);
        }

        public long call(long a, long b, long c, long d) {
            try {
                return (long) handle.invokeExact(a, b, c, d);
            } catch (Throwable thrown) {
                throw Native.unexpected(thrown);
            }
        }
    }
}
