package dev.pausa.exchange;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a server treats pauses.
 *
 * @param enabled whether {@code wsgi.pause_output} and {@code wsgi.input_handler} are offered at all (P1)
 * @param timeout the bound of one pause, or {@code null} for none (P32)
 * @param affinity which thread runs the tasks of a request (P38)
 * @param keepHalfClosed whether a FIN leaves a parked request alone (P28)
 */
public record PausePolicy(boolean enabled, @Nullable Duration timeout, Affinity affinity, boolean keepHalfClosed) {
    /** Pauses offered, unbounded, affinity from park to park. */
    public static final PausePolicy DEFAULT = new PausePolicy(true, null, Affinity.AUTO, false);

    /** Which thread runs the tasks of a request (P38). */
    public enum Affinity {
        /** One thread from one park to the next. */
        AUTO,
        /** One thread for the whole request. */
        ALWAYS,
        /** Any thread, each time. */
        NEVER
    }
}
