package dev.pausa.server;

import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Resume;
import dev.pausa.wsgi.StartResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Applications that pause. */
final class Pausing implements Application {
    /** What the bodies were closed with, in order. */
    final BlockingQueue<CloseReason> closed = new LinkedBlockingQueue<>();

    private final String first;

    /** Sends {@code first}, unless it is empty, and pauses for ever. */
    Pausing(String first) {
        this.first = first;
    }

    /** Pauses once in step 0, then answers with this text. */
    static Application once(Duration pause, String text) {
        return (environ, start) -> {
            Objects.requireNonNull(environ.get(Environ.CALL_LATER)).after(pause, pause(environ));
            start.start("200 OK", List.of());
            return Running.text(text);
        };
    }

    static Resume pause(Environ environ) {
        return Objects.requireNonNull(environ.get(Environ.PAUSE_OUTPUT)).pause();
    }

    @Override
    public Body call(Environ environ, StartResponse start) throws Exception {
        start.start("200 OK", List.of());
        CloseReason.Query query = Objects.requireNonNull(environ.get(Environ.CLOSE_REASON));
        ByteBuffer chunk = ByteBuffer.wrap(first.getBytes(StandardCharsets.ISO_8859_1));
        return new Body() {
            @Override
            public @Nullable ByteBuffer next() {
                pause(environ);
                return chunk;
            }

            @Override
            public void close() {
                closed.add(Objects.requireNonNull(query.get()));
            }
        };
    }
}
