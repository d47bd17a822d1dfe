package dev.pausa.exchange;

import dev.pausa.wsgi.CallLater;
import dev.pausa.wsgi.Resume;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** {@code pausa.call_later} of one request (P31). What it holds is guarded by the exchange's monitor. */
final class Timers implements CallLater {
    private final Exchange exchange;
    private final Clock clock;
    /** Armed ones and due ones; made with the first. */
    private @Nullable Set<Armed> armed;

    private @Nullable Queue<Armed> due;

    Timers(Exchange exchange, Clock clock) {
        this.exchange = exchange;
        this.clock = clock;
    }

    @Override
    public Timer after(Duration delay, Resume resume) {
        long nanos = nanos(delay);
        Resume held = resume instanceof EpochResume ours ? ours.another() : resume;
        return arm(nanos, new Armed(this, null, held));
    }

    @Override
    public Timer after(Duration delay, Callback callback) {
        return arm(nanos(delay), new Armed(this, callback, null));
    }

    private Timer arm(long nanos, Armed timer) {
        synchronized (exchange) {
            if (!(exchange.state() instanceof State.Live)) {
                return () -> false;
            }
            Set<Armed> all = armed;
            if (all == null) {
                all = HashSet.newHashSet(2);
                armed = all;
            }
            all.add(timer);
        }
        timer.arm(clock.after(nanos, timer::fire));
        return timer;
    }

    /** A callback's time has come; under the monitor. */
    void due(Armed timer) {
        Queue<Armed> all = due;
        if (all == null) {
            all = new ArrayDeque<>(2);
            due = all;
        }
        all.add(timer);
    }

    /** Runs the oldest due callback, unless it was cancelled. Called by the thread inside. */
    void call() throws Exception {
        Armed timer;
        synchronized (exchange) {
            timer = Objects.requireNonNull(due).remove();
        }
        Callback callback = timer.begin();
        if (callback != null) {
            callback.call();
        }
    }

    /** Closing began: what is armed or due will never run. Called outside the monitor, by the thread that began it. */
    void close() {
        if (armed == null) {
            return; // No timer is added any more, and this thread has seen those that were.
        }
        Set<Armed> left;
        synchronized (exchange) {
            left = armed == null ? Set.of() : Set.copyOf(armed);
            armed = null;
            due = null;
        }
        left.forEach(Armed::cancel);
    }

    private void disarmed(Armed timer) {
        synchronized (exchange) {
            if (armed != null) {
                armed.remove(timer);
            }
        }
    }

    private static long nanos(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("negative delay: " + delay);
        }
        return delay.compareTo(Duration.ofNanos(Long.MAX_VALUE)) < 0 ? delay.toNanos() : Long.MAX_VALUE;
    }

    /** One timer. It counts as armed until its callback begins, its resume is called, or it is cancelled. */
    static final class Armed implements Timer {
        private record Action(
                Timers timers,
                @Nullable Callback callback,
                @Nullable Resume resume) {}

        /** Empty once it ran or was cancelled: then it holds nothing of the request. */
        private final AtomicReference<@Nullable Action> action;

        private final AtomicReference<Clock.@Nullable Alarm> alarm = new AtomicReference<>();

        Armed(Timers timers, @Nullable Callback callback, @Nullable Resume resume) {
            action = new AtomicReference<>(new Action(timers, callback, resume));
        }

        void arm(Clock.Alarm armed) {
            alarm.set(armed);
            if (action.get() == null) {
                cancelAlarm();
            }
        }

        /** Called by the clock. */
        void fire() {
            Action fired = action.get();
            if (fired == null) {
                return;
            }
            Resume resume = fired.resume();
            if (resume == null) {
                fired.timers().exchange.callDue(this);
            } else if (action.compareAndSet(fired, null)) {
                fired.timers().disarmed(this);
                resume.resume();
            }
        }

        /** Claims the callback; {@code null} if it was cancelled. */
        @Nullable
        Callback begin() {
            Action begun = action.getAndSet(null);
            if (begun == null) {
                return null;
            }
            begun.timers().disarmed(this);
            return begun.callback();
        }

        @Override
        public boolean cancel() {
            Action cancelled = action.getAndSet(null);
            if (cancelled == null) {
                return false;
            }
            cancelAlarm();
            cancelled.timers().disarmed(this);
            if (cancelled.resume() instanceof EpochResume ours) {
                ours.dropped();
            }
            return true;
        }

        private void cancelAlarm() {
            Clock.Alarm last = alarm.getAndSet(null);
            if (last != null) {
                last.cancel();
            }
        }
    }
}
