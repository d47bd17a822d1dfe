package dev.pausa.cli;

import dev.pausa.server.Timeouts;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How long the server waits. */
final class TimeoutOptions {
    @Option(
            names = "--keep-alive",
            paramLabel = "SECONDS",
            converter = Converters.PositiveSeconds.class,
            description = "For the next request of a connection. Default: 5.")
    Duration keepAlive = Defaults.TIMEOUTS.keepAlive();

    @Option(
            names = "--head-timeout",
            paramLabel = "SECONDS",
            converter = Converters.PositiveSeconds.class,
            description = "For a request's line and header fields: 408 after. Default: 30.")
    Duration head = Defaults.TIMEOUTS.head();

    @Option(
            names = "--body-timeout",
            paramLabel = "SECONDS",
            converter = Converters.PositiveSeconds.class,
            description = "For the next piece of a request body that the application reads. Default: 30.")
    Duration body = Defaults.TIMEOUTS.body();

    @Option(
            names = "--write-timeout",
            paramLabel = "SECONDS",
            converter = Converters.PositiveSeconds.class,
            description = "For a client that reads nothing of its response. Default: 60.")
    Duration write = Defaults.TIMEOUTS.write();

    @Option(
            names = "--graceful-timeout",
            paramLabel = "SECONDS",
            converter = Converters.Seconds.class,
            description = "For running requests after SIGTERM. Default: 30.")
    Duration grace = Defaults.TIMEOUTS.grace();

    @Option(
            names = "--graceful-timeout-parked",
            paramLabel = "SECONDS",
            converter = Converters.Seconds.class,
            description = "For paused requests after SIGTERM, once their response has begun. Default: 3.")
    Duration parkedGrace = Defaults.TIMEOUTS.parkedGrace();

    Timeouts timeouts() {
        return new Timeouts(keepAlive, head, body, write, grace, parkedGrace);
    }
}
