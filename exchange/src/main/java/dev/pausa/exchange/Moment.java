package dev.pausa.exchange;

/** What can happen to an exchange, as the table sees it. */
enum Moment {
    // Told by the thread that is inside, or that comes in.

    /** A thread of the worker took the entry from the queue. */
    TAKEN,
    /** A step came back with data, or step 0 came back. */
    YIELDED,
    /** A step came back with an empty chunk (P21). */
    YIELDED_EMPTY,
    /** A step came back with an empty chunk, as several before it did (P21). */
    YIELDED_EMPTY_AGAIN,
    /** A step came back and the response is complete before its body ended (P23). */
    COMPLETED,
    /** The body is at its end. */
    ENDED,
    /** A step or a callback raised, or the application broke the contract. */
    FAILED,
    /** A callback came back: of a timer (P31), or the input handler (P54). */
    CALLED,
    /** What was held back is flushed: the request may park (P18). */
    SETTLED,
    /** {@code close()} came back. */
    BODY_CLOSED,

    // Told by the application, from any thread.

    /** {@code pause_output()} opened an epoch or joined the open one (P6). */
    PAUSED,
    /** A call of a resume of the open epoch (P7). */
    RESUMED,
    /** The last resume of the open epoch was dropped (P16). */
    LEAKED,

    // Told by the transport.

    /** {@link Event#DISCONNECTED}. */
    DISCONNECTED,
    /** {@link Event#HALF_CLOSED}, and P28's option does not leave the request alone. */
    HALF_CLOSED,
    /** {@link Event#CONGESTED}. */
    CONGESTED,
    /** {@link Event#WRITABLE}. */
    WRITABLE,
    /** {@link Event#FLUSHED}. */
    FLUSHED,
    /** The output was aborted: nothing more will come of it. */
    ABORTED,

    // Told by timers and by the server.

    /** The back-off is over. */
    BACKED_OFF,
    /** A timer fired, or there is input: a callback is due (P31, P54). */
    CALL_DUE,
    /** The pause lasted too long (P32), or the server cut the request for another time-out. */
    TIMED_OUT,
    /** The server stops (P35). */
    SHUT_DOWN
}
