package dev.pausa.exchange;

/** Time, seen from the exchange. */
public interface Clock {
    /** Nanoseconds from an arbitrary origin, as {@link System#nanoTime()}. */
    long nanos();

    /** Runs {@code action} after {@code nanos} on a thread of the server, which must not wait and runs no application code. */
    Alarm after(long nanos, Runnable action);

    /** An armed alarm. */
    @FunctionalInterface
    interface Alarm {
        /** Disarms it, if it is still armed. */
        void cancel();
    }
}
