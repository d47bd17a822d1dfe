package dev.pausa.server.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.AbstractEventExecutor;
import java.lang.System.Logger.Level;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The way of responses back to one event loop. To wake it costs more than a small request; so while requests wait for
 * the worker, responses are left where the loop finds them when it wakes by itself: when its timer is up, or for the
 * sockets. It is woken at once when a thread of the worker has nothing more to do, and if nothing waits.
 */
final class Departures {
    /** The longest that a response waits for others. */
    private static final long PATIENCE_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private static final System.Logger LOG = System.getLogger("dev.pausa.server");

    private final AbstractEventExecutor loop;
    private final Runnable timer = this::timeIsUp;

    /** Whether the timer runs, so that the loop wakes by itself. Written by the event loop. */
    private volatile boolean timed;

    /** Whether something was queued for which nobody has woken the loop. */
    private volatile boolean waiting;

    Departures(EventLoop loop) {
        this.loop = (AbstractEventExecutor) loop; // as all of Netty's are
    }

    /** Several requests wait for the worker: their responses will come in a row. On the event loop. */
    void expect() {
        if (!timed) {
            timed = true;
            schedule();
        }
    }

    private void schedule() {
        loop.schedule(timer, PATIENCE_NANOS, TimeUnit.NANOSECONDS);
    }

    /** The loop runs all that is queued before it sleeps again. */
    private void timeIsUp() {
        if (waiting) {
            waiting = false;
            schedule();
        } else {
            timed = false;
        }
    }

    /** Runs {@code response} on the event loop soon; never, if that has ended, and with it the connection. Any thread. */
    void queue(Runnable response) {
        try {
            if (!timed) {
                loop.execute(response);
                return;
            }
            loop.lazyExecute(response);
            waiting = true;
            if (!timed) {
                wake(); // The time was up in between, and the loop may have slept before it saw this one.
            }
        } catch (RejectedExecutionException ended) {
            LOG.log(Level.DEBUG, "the event loop has ended", ended);
        }
    }

    /** A thread of the worker has nothing more to do. */
    void settle() {
        if (waiting) {
            try {
                wake();
            } catch (RejectedExecutionException ended) {
                LOG.log(Level.DEBUG, "the event loop has ended", ended);
            }
        }
    }

    private void wake() {
        waiting = false;
        loop.execute(this::woken);
    }

    /** It only had to wake. */
    private void woken() {}
}
