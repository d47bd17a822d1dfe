package dev.pausa.server.netty;

import dev.pausa.exchange.Clock;
import dev.pausa.server.Worker;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The connections of one event loop, and its one timer, which looks at each of them ten times a second as long as there are
 * any: time-outs cost a request nothing. Many are looked at a few at a time, so that a look holds up no request. Used by that
 * event loop only.
 */
final class Connections {
    private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Connections that are looked at in one go, which takes some tens of microseconds. */
    private static final int SLICE = 256;

    final EventLoop loop;
    final Service service;
    final Clock clock;
    final Arrivals arrivals;
    final Departures departures;
    private final List<Http1Handler> all = new ArrayList<>();
    private boolean ticking;

    /** Connections with a smaller index have not been looked at in this round. */
    private int next;

    /** The time of the last tick or of the last request: good enough for time-outs. */
    private long now = System.nanoTime();

    Connections(EventLoop loop, Service service) {
        this.loop = loop;
        this.service = service;
        this.clock = new LoopClock(loop);
        Worker worker = service.config.mount().worker();
        this.departures = new Departures(loop);
        this.arrivals = new Arrivals(loop, worker, departures);
        worker.whenIdle(departures::settle);
    }

    long now() {
        return now;
    }

    void now(long nanos) {
        now = nanos;
    }

    void add(Http1Handler connection) {
        connection.index = all.size();
        all.add(connection);
        if (!ticking) {
            ticking = true;
            now = System.nanoTime();
            next = 0;
            schedule();
        }
    }

    void remove(Http1Handler connection) {
        Http1Handler last = all.removeLast();
        if (last != connection) {
            last.index = connection.index;
            all.set(last.index, last);
        }
    }

    /** Looks at each connection now. */
    void look() {
        look(0, all.size());
    }

    private void look(int from, int to) {
        now = System.nanoTime();
        // From the end: a connection that closes is replaced by one that was looked at already.
        for (int i = to - 1; i >= from; i--) {
            if (i < all.size()) {
                all.get(i).look(now);
            }
        }
    }

    void closeAll() {
        for (Http1Handler connection : List.copyOf(all)) {
            connection.reset();
        }
    }

    private void tick() {
        ticking = !all.isEmpty();
        if (ticking) {
            if (next == 0) {
                next = all.size();
            }
            int to = next;
            next = Math.max(0, to - SLICE);
            schedule();
            look(next, to);
        }
    }

    private void schedule() {
        int slices = Math.ceilDiv(all.size(), SLICE);
        loop.schedule(this::tick, ROUND_NANOS / slices, TimeUnit.NANOSECONDS);
    }
}
