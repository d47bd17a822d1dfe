package dev.pausa.exchange;

import dev.pausa.wsgi.CloseReason;

/**
 * Where an exchange is. <em>Inside</em> means that a thread of the worker is at it; nobody is inside in {@link Ready},
 * {@link Suspended}, {@link CloseDue}, {@link Draining} and {@link Released}.
 *
 * <pre>
 *                    taken                 pause open: flush
 *   begin  +-------+ ------> +----------+ ---------------> +---------+ settled  +-----------+
 *  ------> | Ready |         | Stepping |                  | Parking | -------> | Suspended |
 *          +-------+ <------ +----------+                  +---------+          +-----------+
 *            |   ^   go on     |  |    |    a callback is due                       |   |
 *            |   |             |  |    +-----> Calling (comes out as a step does)   |   |
 *            |   +-------------|--|------ last gate opens, callback due ------------+   |
 *            |                 |  |                                                     |
 *            |        client   |  | end, error                                          |
 *            |  gone, cut      v  |                                                     |
 *            |         +--------+ |                                                     |
 *            |         | Doomed | |   (comes out)                 client gone, cut      |
 *            |         +--------+ v                                                     |
 *            |              |  +---------+  taken  +----------+                         |
 *            |              +->| Closing | <------ | CloseDue | <-----------------------+
 *            |                 +---------+         +----------+ <---- client gone, cut -- (Ready)
 *            |                      | closed
 *            v                      v
 *        (CloseDue)           Draining ----> Released    flushed, aborted or disconnected
 * </pre>
 */
sealed interface State {
    /** The request goes on. */
    sealed interface Live extends State {
        Terms terms();
    }

    /** Closing began, or will when the thread inside comes out. */
    sealed interface Over extends State {
        /** Why (P30). */
        CloseReason reason();
    }

    /** Something is due, and the exchange's entry is in the queue: nothing of it has begun. */
    record Ready(Terms terms) implements Live {
        static final Ready CLEAR = new Ready(Terms.CLEAR);
    }

    /**
     * A thread is inside a step.
     *
     * @param resumed whether a call of a resume ended an epoch during this step (P21)
     */
    record Stepping(Terms terms, boolean resumed) implements Live {
        static final Stepping CLEAR = new Stepping(Terms.CLEAR, false);
    }

    /** A thread is inside the callback of a timer, or the input handler. */
    record Calling(Terms terms) implements Live {}

    /** A thread came out with an epoch open, and flushes before the request parks (P18). A resume may yet overtake it. */
    record Parking(Terms terms) implements Live {}

    /**
     * Nobody is inside and nothing is due; at least one gate is shut.
     *
     * @param queued whether a void entry is still in the queue: what was due was taken back (P4)
     */
    record Suspended(Terms terms, boolean queued) implements Live {}

    /**
     * A thread is inside, and the request ends when it comes out.
     *
     * @param gone whether the client is known to be gone, so that nothing is to be sent
     */
    record Doomed(CloseReason reason, boolean gone) implements Over {}

    /**
     * {@code close()} is due, and the exchange's entry is in the queue.
     *
     * @param drained whether the output is flushed, aborted or disconnected
     */
    record CloseDue(CloseReason reason, boolean drained) implements Over {}

    /** A thread is inside {@code close()}. */
    record Closing(CloseReason reason, boolean drained) implements Over {}

    /** The body is closed; bytes are still on their way. */
    record Draining(CloseReason reason) implements Over {}

    /** Nothing is owed to anyone. */
    record Released(CloseReason reason) implements Over {}
}
