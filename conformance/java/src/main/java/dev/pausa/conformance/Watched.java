package dev.pausa.conformance;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Environ;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** A body that notes each step, the end, {@code close()} with its reason, and two threads inside at once. */
final class Watched implements Body {
    private final CloseReason.@Nullable Query reason;
    private final Recorder recorder;
    private final Body body;
    private final Semaphore inside = new Semaphore(1);

    Watched(Request request, Body body) {
        this.reason = request.environ().get(Environ.CLOSE_REASON);
        this.recorder = request.recorder();
        this.body = body;
    }

    @Override
    public int length() {
        return body.length();
    }

    @Override
    public @Nullable ByteBuffer next() throws Exception {
        enter("step", null);
        try {
            ByteBuffer chunk = body.next();
            if (chunk == null) {
                recorder.note("end");
            } else {
                recorder.note("chunk", chunk.remaining());
            }
            return chunk;
        } finally {
            inside.release();
        }
    }

    @Override
    public void close() throws Exception {
        CloseReason given = reason == null ? null : reason.get();
        enter("close", given == null ? null : given.text());
        try {
            body.close();
        } finally {
            inside.release();
        }
    }

    private void enter(String what, @Nullable Object value) {
        if (!inside.tryAcquire()) {
            recorder.note("overlap", what);
            inside.acquireUninterruptibly();
        }
        recorder.note(what, value);
    }
}
