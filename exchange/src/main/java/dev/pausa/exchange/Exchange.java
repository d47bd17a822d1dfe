package dev.pausa.exchange;

import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Environ;
import org.jspecify.annotations.Nullable;

/** One request's life. (Signatures first; the machine follows.) */
public final class Exchange {
    /**
     * An exchange that has not begun.
     *
     * @param head whether the request method is HEAD
     */
    public Exchange(
            Application application,
            Environ environ,
            boolean head,
            Output output,
            TaskQueue tasks,
            Clock clock,
            ExchangeListener listener,
            PausePolicy policy) {
        throw new UnsupportedOperationException();
    }

    /** Queues step 0. Called once. */
    public void begin() {
        throw new UnsupportedOperationException();
    }

    /** Tells the exchange what happened to the connection or stream. Any thread. */
    public void on(Event event) {
        throw new UnsupportedOperationException();
    }

    /** Ends the request wherever it is: 503 if nothing was sent, otherwise an abnormal end; then close(). Any thread. */
    public void cut(CloseReason reason) {
        throw new UnsupportedOperationException();
    }

    /** As {@link #cut}, but only while parked; answers whether it was (P35). Any thread. */
    public boolean cutIfParked(CloseReason reason) {
        throw new UnsupportedOperationException();
    }

    /** Whether the PAUSE gate is shut and no task is running or queued. */
    public boolean parked() {
        throw new UnsupportedOperationException();
    }

    /** Whether the response head was handed to the output. */
    public boolean committed() {
        throw new UnsupportedOperationException();
    }

    /** Why the request ended or is about to (P30). */
    public @Nullable CloseReason closeReason() {
        throw new UnsupportedOperationException();
    }

    /** The environ that it was made with. */
    public Environ environ() {
        throw new UnsupportedOperationException();
    }
}
