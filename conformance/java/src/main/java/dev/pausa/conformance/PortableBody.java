package dev.pausa.conformance;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.PauseOutput;
import dev.pausa.wsgi.Resume;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The body of P44: a queue plus a pause; it blocks where the server offers no pause. */
final class PortableBody implements Body {
    private final @Nullable PauseOutput pause;
    private final BlockingQueue<Optional<ByteBuffer>> events = new LinkedBlockingQueue<>();
    private final Runnable beforePublishing;
    private final Runnable afterPublishing;
    private volatile @Nullable Resume published;

    PortableBody(Environ environ) {
        this(environ, () -> {}, () -> {});
    }

    /** With hooks around the moment at which the resume becomes visible to {@link #put}. */
    PortableBody(Environ environ, Runnable beforePublishing, Runnable afterPublishing) {
        this.pause = environ.get(Environ.PAUSE_OUTPUT);
        this.beforePublishing = beforePublishing;
        this.afterPublishing = afterPublishing;
    }

    /** Any thread: put, then wake. */
    void put(String event) {
        put(Optional.of(Script.chunk(event)));
    }

    /** No more events. */
    void end() {
        put(Optional.empty());
    }

    private void put(Optional<ByteBuffer> event) {
        events.add(event);
        Resume resume = published;
        if (resume != null) {
            resume.resume();
        }
    }

    @Override
    public @Nullable ByteBuffer next() throws Exception {
        Optional<ByteBuffer> event = events.poll();
        if (event == null && pause == null) {
            event = events.take();
        }
        Resume own = published;
        while (event == null && own != null && own.pending()) { // Middleware swallowed a block boundary (P15).
            event = events.poll(1, TimeUnit.SECONDS);
        }
        return event == null ? paused(Objects.requireNonNull(pause)) : event.orElse(null);
    }

    private @Nullable ByteBuffer paused(PauseOutput pause) {
        Resume resume = pause.pause();
        beforePublishing.run();
        published = resume;
        afterPublishing.run();
        Optional<ByteBuffer> event = events.poll();
        if (event == null) {
            return Script.nothing();
        }
        resume.resume();
        return event.orElse(null);
    }
}
