package dev.pausa.server;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writes a line for each finished request, in gunicorn's {@code --access-logformat}. A thread of its own formats and writes
 * in batches, at most 20 ms late; who tells it of a request only queues it. When 65,536 requests wait because the target
 * is slow, further lines are dropped and counted.
 */
public final class AccessLog implements RequestListener, AutoCloseable {
    /** gunicorn's default. */
    public static final String DEFAULT_FORMAT = "%(h)s %(l)s %(u)s %(t)s \"%(r)s\" %(s)s %(b)s \"%(f)s\" \"%(a)s\"";

    private static final System.Logger LOG = System.getLogger("dev.pausa.server");
    private static final int CAPACITY = 65_536;
    private static final long GATHER_NANOS = Duration.ofMillis(20).toNanos();

    private final AccessFormat format;
    private final OutputStream out;
    private final ConcurrentLinkedQueue<Request> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicInteger dropped = new AtomicInteger();
    private final Thread writer;
    private volatile boolean asleep;
    private volatile boolean closed;

    /**
     * Starts the writing thread.
     *
     * @param format with atoms such as {@code %(h)s} and {@code %({user-agent}i)s}
     * @param out where lines go, in UTF-8; flushed after each batch, never closed
     * @throws IllegalArgumentException if {@code format} has a percent sign that begins no atom
     */
    public AccessLog(String format, OutputStream out) {
        this.format = AccessFormat.parse(format);
        this.out = new BufferedOutputStream(out, 65_536);
        this.writer = Thread.ofPlatform().name("pausa-access-log").daemon().start(this::live);
    }

    @Override
    public void served(Request request) {
        if (queued.incrementAndGet() > CAPACITY) {
            queued.decrementAndGet();
            dropped.incrementAndGet();
            return;
        }
        queue.add(request);
        if (asleep) {
            asleep = false;
            LockSupport.unpark(writer);
        }
    }

    /** Writes what is queued and ends the thread; waits for that, at most 5 s. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(writer);
        try {
            writer.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void live() {
        while (!closed) {
            asleep = true;
            if (queue.isEmpty() && !closed) {
                LockSupport.park(this);
            }
            asleep = false;
            LockSupport.parkNanos(this, closed ? 1 : GATHER_NANOS);
            drain();
        }
        drain();
    }

    private void drain() {
        StringBuilder line = new StringBuilder(256);
        try {
            for (@Nullable Request next = queue.poll(); next != null; next = queue.poll()) {
                queued.decrementAndGet();
                line.setLength(0);
                format.append(line, next);
                out.write(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
            }
            out.flush();
        } catch (IOException | RuntimeException failure) {
            LOG.log(System.Logger.Level.ERROR, "[server] the access log cannot be written", failure);
        }
        int lost = dropped.getAndSet(0);
        if (lost > 0) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "[server] " + lost + " lines of the access log dropped: its target is too slow");
        }
    }
}
