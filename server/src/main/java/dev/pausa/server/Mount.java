package dev.pausa.server;

import dev.pausa.exchange.PausePolicy;
import dev.pausa.wsgi.Application;
import java.util.Map;

/**
 * An application and who runs it.
 *
 * @param application called for each request
 * @param worker its threads; whoever made it stops it, after the server
 * @param pauses how pauses are treated
 * @param environ what stands in the environ of each request, besides what the server knows itself
 */
public record Mount(Application application, Worker worker, PausePolicy pauses, Map<String, Object> environ) {
    /** Copies the map. */
    public Mount {
        environ = Map.copyOf(environ);
    }

    /** An application that several threads may call at once. */
    public Mount(Application application, Worker worker, PausePolicy pauses) {
        this(application, worker, pauses, Map.of());
    }
}
