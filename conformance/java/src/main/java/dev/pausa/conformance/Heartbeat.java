package dev.pausa.conformance;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.CallLater;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** C78: steps its child each time it is woken, before it pauses again (P42); adds a beat when one is due. */
final class Heartbeat implements Body {
    private final Request request;
    private final Body child;
    private long due = System.nanoTime();
    private CallLater.@Nullable Timer timer;

    Heartbeat(Request request, Body child) {
        this.request = request;
        this.child = child;
    }

    @Override
    public @Nullable ByteBuffer next() throws Exception {
        ByteBuffer chunk = child.next();
        if (chunk == null || chunk.hasRemaining()) {
            return chunk;
        }
        long now = System.nanoTime();
        if (now >= due) {
            chunk = Script.chunk(":beat\n");
            due = now + ThreadLocalRandom.current().nextInt(2_000_000);
        }
        if (timer != null) {
            timer.cancel();
        }
        timer = request.callLater().after(Duration.ofNanos(due - now), request.pause());
        return chunk;
    }
}
