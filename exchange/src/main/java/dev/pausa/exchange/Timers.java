package dev.pausa.exchange;

import dev.pausa.wsgi.CallLater;
import dev.pausa.wsgi.Resume;
import java.time.Duration;

/** {@code pausa.call_later} of one request (P31). Any thread. */
final class Timers implements CallLater {
    private final Callbacks callbacks;
    private final Clock clock;

    Timers(Callbacks callbacks, Clock clock) {
        this.callbacks = callbacks;
        this.clock = clock;
    }

    @Override
    public Timer after(Duration delay, Resume resume) {
        return arm(nanos(delay), callbacks.of(resume));
    }

    @Override
    public Timer after(Duration delay, Callback callback) {
        return arm(nanos(delay), callbacks.of(callback));
    }

    private Timer arm(long nanos, Callbacks.Armed timer) {
        if (!callbacks.add(timer)) {
            return () -> false;
        }
        timer.arm(clock.after(nanos, timer::fire));
        return timer;
    }

    private static long nanos(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("negative delay: " + delay);
        }
        return delay.compareTo(Duration.ofNanos(Long.MAX_VALUE)) < 0 ? delay.toNanos() : Long.MAX_VALUE;
    }
}
