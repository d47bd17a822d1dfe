package dev.pausa.conformance;

import dev.pausa.wsgi.Body;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A body that is a list of steps. */
final class Script implements Body {
    /** What one step does and sends. */
    @FunctionalInterface
    interface Step {
        @Nullable
        ByteBuffer next() throws Exception;
    }

    private final Step[] steps;
    private int taken;

    Script(Step... steps) {
        this.steps = steps;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static ByteBuffer chunk(String text) {
        return ByteBuffer.wrap(bytes(text));
    }

    static ByteBuffer nothing() {
        return ByteBuffer.allocate(0);
    }

    @Override
    public @Nullable ByteBuffer next() throws Exception {
        return taken == steps.length ? null : steps[taken++].next();
    }
}
