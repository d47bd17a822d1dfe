package dev.pausa.exchange;

/** What the driver must do after a change of state, outside the monitor. Bytes are written inside steps, not by commands. */
enum Command {
    /** Take the request on at once, on this thread; or queue it if others wait and it had its share. */
    GO_ON,
    /** Put the exchange's one entry into the worker's queue. */
    QUEUE,
    /** Run the next step. */
    STEP,
    /** Run the oldest callback that is due. */
    CALL,
    /** Flush the output, then tell {@link Moment#SETTLED}. */
    FLUSH,
    /** Complete the response. */
    END,
    /** Answer 500 if nothing was sent, otherwise abort, unless the response is complete (P23, P24). */
    FAIL,
    /** Answer 503 if nothing was sent, otherwise abort (P32, P35). */
    CUT,
    /** Abort the output. */
    ABORT,
    /** Run {@code close()} of the body (P25). */
    CLOSE,
    /** Arm the alarm that opens {@link Gate#BACKOFF}. */
    BACK_OFF,
    /** Closing began: disarm the timers (P31), wake readers of an input that nobody will complete (P27). */
    DISARM,
    /** The request is over: let go of everything. */
    RELEASE;

    /** Whether it is carried out by the thread inside, which then tells how it came out. */
    boolean task() {
        return this == STEP || this == CALL || this == FLUSH || this == CLOSE;
    }
}
