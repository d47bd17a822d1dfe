package dev.pausa.wsgi;

import java.time.Duration;

/** {@code environ["pausa.call_later"]}: timers of one request, which die with it (P31). Any thread. */
public interface CallLater {
    /**
     * Calls {@code resume} after {@code delay}, from a thread of the server.
     *
     * @throws IllegalArgumentException if {@code delay} is negative
     */
    Timer after(Duration delay, Resume resume);

    /**
     * Runs {@code callback} after {@code delay} as a task of the request: never beside a step (P36). What it throws is an
     * error of the application.
     *
     * @throws IllegalArgumentException if {@code delay} is negative
     */
    Timer after(Duration delay, Callback callback);

    /** What a timer runs. */
    @FunctionalInterface
    interface Callback {
        void call() throws Exception;
    }

    /** An armed timer. */
    @FunctionalInterface
    interface Timer {
        /** Disarms it; {@code true} if it was still armed, that is, its callback will never run. */
        boolean cancel();
    }
}
