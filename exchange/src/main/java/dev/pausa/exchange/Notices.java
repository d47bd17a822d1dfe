package dev.pausa.exchange;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Tells the listener of parks, stalls and the release in the order in which they happened, though threads that caused
 * them overtake one another outside the monitor.
 */
final class Notices {
    /** What is told. */
    enum Kind {
        PARKED,
        UNPARKED,
        STALLED,
        UNSTALLED,
        RELEASED
    }

    private record Notice(Kind kind, long nanos, TaskQueue.@Nullable Home home) {}

    private final Exchange exchange;
    private final ExchangeListener listener;
    private final Queue<Notice> waiting = new ArrayDeque<>(4);
    private boolean telling;

    /** All that it holds is guarded by the monitor of {@code exchange}. */
    Notices(Exchange exchange, ExchangeListener listener) {
        this.exchange = exchange;
        this.listener = listener;
    }

    /** Called under the monitor; {@link #deliver} must follow outside it. */
    void add(Kind kind, long nanos, TaskQueue.@Nullable Home home) {
        waiting.add(new Notice(kind, nanos, home));
    }

    /** Tells what waits, unless another thread is at it: then that one goes on. Called outside the monitor. */
    void deliver() {
        boolean first = true;
        while (true) {
            Notice notice;
            synchronized (exchange) {
                if (first && telling) {
                    return;
                }
                first = false;
                notice = waiting.poll();
                telling = notice != null;
            }
            if (notice == null) {
                return;
            }
            tell(notice);
        }
    }

    private void tell(Notice notice) {
        switch (notice.kind()) {
            case PARKED -> listener.parked(exchange, notice.nanos());
            case UNPARKED -> listener.unparked(exchange, notice.nanos());
            case STALLED -> {
                stalled(notice, +1);
                listener.stalled(exchange, notice.nanos());
            }
            case UNSTALLED -> stalled(notice, -1);
            case RELEASED -> exchange.tellReleased(notice.nanos());
        }
    }

    private static void stalled(Notice notice, int change) {
        TaskQueue.Home home = notice.home();
        if (home != null) {
            home.stalled(change);
        }
    }
}
