package dev.pausa.server.netty;

import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;

/**
 * Tells of requests that are refused because there are too many: one line for the first of a burst and one every ten
 * seconds, with how many there were in between. Thread-safe.
 */
final class Overload {
    private static final System.Logger LOG = System.getLogger("dev.pausa.server");
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    private long quietUntil = System.nanoTime();
    private int untold;

    synchronized void refused(String reason) {
        long now = System.nanoTime();
        if (now - quietUntil < 0) {
            untold++;
            return;
        }
        LOG.log(
                Level.WARNING,
                "[server] refused with 503: {0}{1}; told every 10 s at most",
                reason,
                untold == 0 ? "" : ", and so for " + untold + " requests since the last such line");
        quietUntil = now + QUIET_NANOS;
        untold = 0;
    }
}
