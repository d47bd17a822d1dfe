package dev.pausa.exchange;

import dev.pausa.wsgi.CallLater;
import dev.pausa.wsgi.InputHandler;
import dev.pausa.wsgi.Resume;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What one request's timers (P31) and input handler (P54) will call: armed ones, and due ones, which wait for their turn as
 * a task. What it holds is guarded by the exchange's monitor.
 */
final class Callbacks {
    private final Exchange exchange;
    private final Clock clock;

    /** Armed ones and due ones; made with the first. */
    private @Nullable Set<Armed> armed;

    private @Nullable Queue<Armed> due;

    Callbacks(Exchange exchange, Clock clock) {
        this.exchange = exchange;
        this.clock = clock;
    }

    /** Of a callback, which fires as a task of the request. */
    Armed of(CallLater.Callback callback) {
        return new Armed(this, callback, null);
    }

    /** Of a resume, which is called by whoever fires. One of ours gets a holder of its own (P16). */
    Armed of(Resume resume) {
        return new Armed(this, null, resume instanceof EpochResume ours ? ours.another() : resume);
    }

    /** Counts it as armed; answers {@code false} if the request is over. */
    boolean add(Armed callback) {
        synchronized (exchange) {
            if (!(exchange.state() instanceof State.Live)) {
                return false;
            }
            Set<Armed> all = armed;
            if (all == null) {
                all = HashSet.newHashSet(2);
                armed = all;
            }
            all.add(callback);
            return true;
        }
    }

    private void remove(Armed callback) {
        synchronized (exchange) {
            if (armed != null) {
                armed.remove(callback);
            }
        }
    }

    /** Its time has come; under the monitor. */
    void due(Armed callback) {
        Queue<Armed> all = due;
        if (all == null) {
            all = new ArrayDeque<>(2);
            due = all;
        }
        all.add(callback);
    }

    /** Runs the oldest due callback, unless it was cancelled. Called by the thread inside. */
    void call() throws Exception {
        Armed oldest;
        synchronized (exchange) {
            oldest = Objects.requireNonNull(due).remove();
        }
        CallLater.Callback callback = oldest.begin();
        if (callback != null) {
            callback.call();
        }
    }

    /** Closing began: what is armed or due will never run. Called outside the monitor, by the thread that began it. */
    void close() {
        if (armed == null) {
            return; // None is added any more, and this thread has seen those that were.
        }
        Set<Armed> left;
        synchronized (exchange) {
            left = armed == null ? Set.of() : Set.copyOf(armed);
            armed = null;
            due = null;
        }
        left.forEach(Armed::cancel);
    }

    /** One of them. It counts as armed until its callback begins, its resume is called, or it is cancelled. */
    static final class Armed implements CallLater.Timer, InputHandler.Registration {
        private record Action(
                Callbacks callbacks,
                CallLater.@Nullable Callback callback,
                @Nullable Resume resume) {}

        /** Empty once it ran or was cancelled: then it holds nothing of the request. */
        private final AtomicReference<@Nullable Action> action;

        /** What will fire it. */
        private final AtomicReference<Clock.@Nullable Alarm> alarm = new AtomicReference<>();

        private Armed(Callbacks callbacks, CallLater.@Nullable Callback callback, @Nullable Resume resume) {
            action = new AtomicReference<>(new Action(callbacks, callback, resume));
        }

        /** Takes note of what will fire it, in place of what would have. */
        void arm(Clock.Alarm next) {
            cancelAlarm(next);
            if (action.get() == null) {
                cancelAlarm(null);
            }
        }

        boolean armed() {
            return action.get() != null;
        }

        /** Called by the clock, and when input is there. Fired twice, it runs once. */
        void fire() {
            Action now = action.get();
            if (now == null) {
                return;
            }
            Resume resume = now.resume();
            if (resume == null) {
                now.callbacks().exchange.callDue(this);
            } else if (action.compareAndSet(now, null)) {
                now.callbacks().remove(this);
                resume.resume();
            }
        }

        /** Fires soon. A resume not by this thread: the registration call that this may be in ends no epoch (P53). */
        @Override
        public void ready() {
            Action now = action.get();
            if (now == null) {
                return;
            }
            if (now.resume() == null) {
                cancelAlarm(null);
                fire();
            } else {
                arm(now.callbacks().clock.after(0, this::fire));
            }
        }

        /** Claims the callback; {@code null} if it was cancelled. */
        private CallLater.@Nullable Callback begin() {
            Action begun = action.getAndSet(null);
            if (begun == null) {
                return null;
            }
            begun.callbacks().remove(this);
            return begun.callback();
        }

        @Override
        public boolean cancel() {
            Action cancelled = action.getAndSet(null);
            if (cancelled == null) {
                return false;
            }
            cancelAlarm(null);
            cancelled.callbacks().remove(this);
            if (cancelled.resume() instanceof EpochResume ours) {
                ours.dropped();
            }
            return true;
        }

        private void cancelAlarm(Clock.@Nullable Alarm next) {
            Clock.Alarm last = alarm.getAndSet(next);
            if (last != null) {
                last.cancel();
            }
        }
    }
}
