package dev.pausa.conformance;

import static dev.pausa.conformance.Script.bytes;
import static dev.pausa.conformance.Script.chunk;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Resume;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** C32: parks at once; notes a second close(), a step after it, and two threads inside. */
final class Raced implements Body {
    private static final AtomicInteger OPENED = new AtomicInteger();
    private static final AtomicInteger CLOSED = new AtomicInteger();
    private static final Queue<String> WRONG = new ConcurrentLinkedQueue<>();

    private final Request request;
    private final Semaphore inside = new Semaphore(1);
    private int steps;
    private int closes;

    private Raced(Request request) {
        this.request = request;
        OPENED.incrementAndGet();
    }

    static Body answer(Request request) throws Exception {
        request.ok();
        return new Raced(request);
    }

    static Body tally(Request request) throws Exception {
        Recorder recorder = request.recorder();
        recorder.note("opened", OPENED.get());
        recorder.note("closed", CLOSED.get());
        recorder.note("wrong", List.copyOf(WRONG));
        request.ok();
        return Body.of(bytes("noted"));
    }

    @Override
    public @Nullable ByteBuffer next() {
        enter();
        try {
            if (closes > 0) {
                WRONG.add("step after close");
            }
            if (++steps > 2) {
                return null;
            }
            if (steps == 1) {
                Resume resume = request.pause();
                Later.afterMicros(ThreadLocalRandom.current().nextInt(2000), resume::resume);
            }
            return chunk("x");
        } finally {
            inside.release();
        }
    }

    @Override
    public void close() {
        enter();
        if (++closes > 1) {
            WRONG.add("second close");
        }
        inside.release();
        CLOSED.incrementAndGet();
    }

    private void enter() {
        if (!inside.tryAcquire()) {
            WRONG.add("overlap");
            inside.acquireUninterruptibly();
        }
    }
}
