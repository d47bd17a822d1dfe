package dev.pausa.server;

import dev.pausa.exchange.ExchangeListener;
import java.util.List;

/**
 * All that a server must be told.
 *
 * @param listeners where it accepts connections; at least one
 * @param mount what answers
 * @param limits how much a client may ask
 * @param timeouts how long the server waits
 * @param underscoreFields header fields with an underscore that are not dropped
 * @param proxies whom the server believes about its clients
 * @param sendfile whether the operating system sends files that the application returns; if not, threads read them
 * @param eventLoops threads for sockets, at least 1; one is enough for an application that holds a GIL
 * @param transport which of Netty's transports
 * @param requests hears of each finished request: the access log
 * @param exchanges hears what happens inside of each request: metrics
 * @param reporting request ids, and what a client is shown of an error
 */
public record ServerConfig(
        List<Listener> listeners,
        Mount mount,
        Limits limits,
        Timeouts timeouts,
        List<UnderscoreField> underscoreFields,
        Proxies proxies,
        boolean sendfile,
        int eventLoops,
        Transport transport,
        RequestListener requests,
        ExchangeListener exchanges,
        Reporting reporting) {
    /** Which of Netty's transports. */
    public enum Transport {
        /** Native epoll where it loads, otherwise NIO. */
        AUTO,
        /**
         * {@code java.nio}: everywhere, but without inherited descriptors and keep-alive tuning, and a client that leaves
         * behind bytes which nobody reads is noticed at the next write only (P26).
         */
        NIO
    }

    /** Copies the lists and refuses what cannot work. */
    public ServerConfig {
        listeners = List.copyOf(listeners);
        underscoreFields = List.copyOf(underscoreFields);
        if (listeners.isEmpty()) {
            throw new IllegalArgumentException("a server needs a listener");
        }
        if (eventLoops < 1) {
            throw new IllegalArgumentException("a server needs an event loop: " + eventLoops);
        }
    }

    /** Defaults for everything but these two: one event loop, no access log. */
    public static ServerConfig of(Listener listener, Mount mount) {
        return new ServerConfig(
                List.of(listener),
                mount,
                Limits.DEFAULT,
                Timeouts.DEFAULT,
                List.of(),
                Proxies.DEFAULT,
                true,
                1,
                Transport.AUTO,
                RequestListener.NONE,
                ExchangeListener.NONE,
                Reporting.DEFAULT);
    }
}
