package dev.pausa.server;

import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Header;
import java.util.List;
import java.util.function.Supplier;

/** Hears of each request that reached the application, once it is over. */
@FunctionalInterface
public interface RequestListener {
    /** Hears nothing. */
    RequestListener NONE = request -> {};

    /** Called by an event loop or a worker's thread: must not wait. */
    void served(Request request);

    /**
     * A request that is over.
     *
     * @param environ as the server made it, and as middleware in Java changed it
     * @param status the status line's code; 0 if nothing was sent
     * @param headers of the response, as the application gave them; empty if nothing was sent
     * @param bytes of the body that were written, without framing
     * @param begunMillis when its head was read, in milliseconds since the epoch
     * @param tookNanos from then to its end
     * @param parkedNanos how much of that it was parked (P33)
     * @param reason why it ended
     * @param id answers with the request's id; any thread
     */
    record Request(
            Environ environ,
            int status,
            List<Header> headers,
            long bytes,
            long begunMillis,
            long tookNanos,
            long parkedNanos,
            CloseReason reason,
            Supplier<String> id) {}
}
