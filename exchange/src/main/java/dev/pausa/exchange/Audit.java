package dev.pausa.exchange;

/**
 * Looks for swallowed block boundaries (P15, P43). The server never steps while an epoch is open, so whoever reads
 * {@code pending} as true inside a step sees an epoch of that same step. Once is legitimate: right after pausing. But code
 * that finds it true and is still in that step a while later goes on where it should have yielded: portable bodies wait
 * there (P44). Used by the stepping thread only.
 */
final class Audit {
    /** How long a step may go on after such a reading. Longer than a wait for a busy GIL. */
    static final long TOLERATED_NANOS = 20_000_000;

    private final Clock clock;
    private boolean read;
    private boolean told;
    private long firstNanos;

    Audit(Clock clock) {
        this.clock = clock;
    }

    /** The stepping thread read {@code pending} as true; answers whether to tell of a swallowed boundary, once. */
    boolean read() {
        if (!read) {
            read = true;
            firstNanos = clock.nanos();
            return false;
        }
        return late();
    }

    /** The step ended; answers as {@link #read}. */
    boolean stepEnded() {
        boolean swallowed = read && late();
        read = false;
        return swallowed;
    }

    private boolean late() {
        if (told || clock.nanos() - firstNanos < TOLERATED_NANOS) {
            return false;
        }
        told = true;
        return true;
    }
}
