package dev.pausa.server.netty;

import dev.pausa.exchange.TaskQueue;
import dev.pausa.server.Worker;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * The worker's queue as one event loop sees it. Requests that come with one turn of the loop are queued together, and wake
 * the worker once, after the last of them: woken with the first, a thread would take the core from the loop, find one
 * request, and give it back. {@link #start} belongs to the event loop.
 */
final class Arrivals implements TaskQueue {
    /** So many wait for the end of the turn; a turn with thousands of them must not keep the first waiting. */
    private static final int MOST = 64;

    /** So many are queued in one go, for threads that are awake. */
    private static final int BATCH = 16;

    private final EventLoop loop;
    private final Worker worker;
    private final Departures departures;
    private final Runnable wake = this::wake;
    private final @Nullable Task[] batch = new @Nullable Task[BATCH];
    private int size;
    private int quiet;

    Arrivals(EventLoop loop, Worker worker, Departures departures) {
        this.loop = loop;
        this.worker = worker;
        this.departures = departures;
    }

    @Override
    public void start(Task task) {
        batch[size++] = task;
        if (quiet++ == 0) {
            loop.execute(wake); // runs when all that came with this turn was read
        } else if (quiet == MOST) {
            wake();
        } else if (size == BATCH) {
            offer();
        }
    }

    private void offer() {
        worker.offer(batch, size);
        size = 0;
    }

    private void wake() {
        if (quiet > 0) {
            quiet = 0;
            offer();
            if (worker.waiting() > 1) {
                departures.expect();
            }
            worker.wake();
        }
    }

    @Override
    public void again(Task task, @Nullable Home home) {
        worker.again(task, home);
    }

    @Override
    public boolean contended(Home home) {
        return worker.contended(home);
    }
}
