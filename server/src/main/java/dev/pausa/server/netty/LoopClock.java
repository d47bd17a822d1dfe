package dev.pausa.server.netty;

import dev.pausa.exchange.Clock;
import io.netty.channel.EventLoop;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Time as an event loop tells it; alarms run on that loop. */
record LoopClock(EventLoop loop) implements Clock {
    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Alarm after(long nanos, Runnable action) {
        ScheduledFuture<?> future = loop.schedule(action, nanos, TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }
}
