package dev.pausa.cli;

import dev.pausa.server.Limits;
import dev.pausa.server.Timeouts;

/** The server's own defaults, which are those of the options. */
final class Defaults {
    static final Limits LIMITS = Limits.DEFAULT;
    static final Timeouts TIMEOUTS = Timeouts.DEFAULT;

    private Defaults() {}
}
