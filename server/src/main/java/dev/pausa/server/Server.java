package dev.pausa.server;

import dev.pausa.server.netty.Engine;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * An HTTP server: started once, drained, stopped.
 *
 * <pre>{@code
 * Worker worker = new Worker(8, 0, ThreadGuard.NONE);
 * Server server = Server.start(ServerConfig.of(Listener.parse("127.0.0.1:8000"), new Mount(app, worker, PausePolicy.DEFAULT)));
 * ...
 * server.drain();
 * server.stop();
 * worker.stop();
 * }</pre>
 *
 * <p>Thread-safe, but for {@link #drain} and {@link #stop}: one thread calls these.
 */
public final class Server {
    private final Engine engine;
    private final List<SocketAddress> addresses;

    private Server(Engine engine) {
        this.engine = engine;
        this.addresses = engine.addresses();
    }

    /**
     * Starts the event loops and accepts connections.
     *
     * @throws IOException if a listener cannot be bound, saying which and why; then nothing runs
     * @throws IllegalArgumentException if a descriptor cannot be used
     */
    public static Server start(ServerConfig config) throws IOException {
        Engine engine = new Engine(config);
        boolean started = false;
        try {
            for (Listener listener : config.listeners()) {
                engine.listen(listener);
            }
            started = true;
            return new Server(engine);
        } finally {
            if (!started) {
                engine.stop();
            }
        }
    }

    /** Where it listens, in the order of the configuration, with the ports that the system chose. */
    public List<SocketAddress> addresses() {
        return addresses;
    }

    /** Open connections. */
    public int connections() {
        return engine.connections();
    }

    /** Requests that began and are not over, parked ones included. */
    public int active() {
        return engine.active();
    }

    /** Parked requests. */
    public int parked() {
        return engine.parked();
    }

    /**
     * Accepts nothing more and waits until every request is over (P35): running ones have {@link Timeouts#grace}, parked
     * ones whose response began {@link Timeouts#parkedGrace}, other parked ones are answered with 503 at once.
     *
     * @return whether every request was over in time
     */
    public boolean drain() throws InterruptedException {
        return engine.drain();
    }

    /** Closes every connection at once and ends the event loops; does not wait for that, nor for requests. */
    public void stop() {
        engine.stop();
    }

    /** Waits until the event loops have ended after {@link #stop}; answers whether they did. */
    public boolean awaitStopped(Duration timeout) throws InterruptedException {
        return engine.awaitStopped(timeout);
    }
}
