package dev.pausa.conformance;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.PauseOutput;
import dev.pausa.wsgi.Resume;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The body of P44: a queue plus a pause; it blocks where the server offers no pause. */
final class PortableBody implements Body {
    private static final ByteBuffer END = ByteBuffer.allocate(0);

    private final @Nullable PauseOutput pause;
    private final BlockingQueue<ByteBuffer> events = new LinkedBlockingQueue<>();
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
        put(Script.chunk(event));
    }

    /** No more events. */
    void end() {
        put(END);
    }

    private void put(ByteBuffer event) {
        events.add(event);
        Resume resume = published;
        if (resume != null) {
            resume.resume();
        }
    }

    @Override
    public @Nullable ByteBuffer next() throws Exception {
        ByteBuffer event = events.poll();
        if (event != null) {
            return taken(event);
        }
        if (pause == null) {
            return taken(events.take());
        }
        Resume own = published;
        while (own != null && own.pending()) { // A middleware below the server swallowed a block boundary (P15).
            event = events.poll(1, TimeUnit.SECONDS);
            if (event != null) {
                return taken(event);
            }
        }
        Resume resume = pause.pause();
        beforePublishing.run();
        published = resume;
        afterPublishing.run();
        event = events.poll();
        if (event == null) {
            return Script.nothing();
        }
        resume.resume();
        return taken(event);
    }

    @SuppressWarnings("ReferenceEquality") // END is a marker, not a value
    private static @Nullable ByteBuffer taken(ByteBuffer event) {
        return event == END ? null : event;
    }
}
