package dev.pausa.server.netty;

/**
 * Whether a client sends its body fast enough: on average over stretches of the time that the server waited for it. Used by
 * the connection's event loop.
 */
final class Pace {
    private static final double SECOND = 1e9;

    private final long stretch;
    private final int rate;
    private long looked;
    private long waited;
    private long before;

    /**
     * For bodies of any length.
     *
     * @param stretch nanoseconds
     * @param rate bytes a second
     */
    Pace(long stretch, int rate) {
        this.stretch = stretch;
        this.rate = rate;
    }

    void restart(long now) {
        looked = now;
        waited = 0;
        before = 0;
    }

    /** The client was not waited for until {@code now}. */
    void skip(long now) {
        looked = now;
    }

    /** Whether the client, who was waited for since the last look, is too slow; {@code received}: of this body. */
    boolean tooSlow(long now, long received) {
        waited += now - looked;
        looked = now;
        if (waited < stretch) {
            return false;
        }
        boolean slow = received - before < rate * (waited / SECOND);
        waited = 0;
        before = received;
        return slow;
    }
}
