package dev.pausa.cli;

import dev.pausa.exchange.ExchangeListener;
import dev.pausa.exchange.PausePolicy;
import dev.pausa.server.Limits;
import dev.pausa.server.Listener;
import dev.pausa.server.Mount;
import dev.pausa.server.Proxies;
import dev.pausa.server.RequestListener;
import dev.pausa.server.ServerConfig;
import dev.pausa.server.Timeouts;
import dev.pausa.server.UnderscoreField;
import java.util.List;
import java.util.Map;

/**
 * The command line as the server takes it.
 *
 * @param listeners where to accept connections
 * @param target what to serve
 * @param threads of the one worker
 * @param limits how much a client may ask
 * @param timeouts how long the server waits
 * @param underscoreFields header fields with an underscore that are not dropped
 * @param proxies whom the server believes about its clients
 * @param sendfile whether the operating system sends files
 * @param pauses how pauses are treated
 * @param logs what is written where
 * @param environ what stands in the environ of each request
 */
record ServeOptions(
        List<Listener> listeners,
        Target target,
        int threads,
        Limits limits,
        Timeouts timeouts,
        List<UnderscoreField> underscoreFields,
        Proxies proxies,
        boolean sendfile,
        PausePolicy pauses,
        LogOptions logs,
        Map<String, Object> environ) {

    /** The server's configuration, with these applications and listeners. */
    ServerConfig config(Mount mount, RequestListener requests) {
        return new ServerConfig(
                listeners,
                mount,
                limits,
                timeouts,
                underscoreFields,
                proxies,
                sendfile,
                EVENT_LOOPS,
                ServerConfig.Transport.AUTO,
                requests,
                ExchangeListener.NONE,
                logs.reporting());
    }

    private static final int EVENT_LOOPS = 1;
}
