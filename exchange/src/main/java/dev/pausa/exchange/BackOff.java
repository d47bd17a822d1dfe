package dev.pausa.exchange;

/** How long to wait after steps that brought nothing (P16, P21). Guarded by the exchange's monitor. */
final class BackOff {
    /** So many in a row go to the back of the queue without a delay. */
    static final int FREE = 4;

    private static final long FIRST_NANOS = 1_000_000;
    private static final long LONGEST_NANOS = 50_000_000;

    private int empty;
    private int delays;

    /** A step brought nothing and no call of a resume ended an epoch in it; answers whether several did in a row before. */
    boolean another() {
        if (empty == FREE) {
            return true;
        }
        empty++;
        return false;
    }

    /** The next delay: 1 ms, doubling to 50 ms. */
    long nextNanos() {
        long nanos = Math.min(FIRST_NANOS << delays, LONGEST_NANOS);
        delays = Math.min(delays + 1, 6);
        return nanos;
    }

    /** Data came, or a call of a resume ended an epoch. */
    void reset() {
        empty = 0;
        delays = 0;
    }
}
