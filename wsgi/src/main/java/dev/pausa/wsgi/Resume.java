package dev.pausa.wsgi;

/** Ends a pause (P7 to P15). Any thread, any time: never blocks, never throws, never runs application code. */
public interface Resume {
    /** Ends the epoch; {@code true} if this call did, {@code false} if it had ended or the request is closing. */
    boolean resume();

    /** Whether the epoch that it belongs to is still open (P15). */
    boolean pending();

    /** Nobody holds this resume any more (P16): told by bridges to languages that collect garbage. */
    default void dropped() {}
}
