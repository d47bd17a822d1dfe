package dev.pausa.cli;

import dev.pausa.server.Timeouts;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How long the server waits. */
final class TimeoutOptions {
    @Option(
            names = "--first-byte-timeout",
            paramLabel = "SECONDS",
            converter = Converters.PositiveSeconds.class,
            description = "For the first byte of a new connection. Default: 10.")
    @Bound(client = "closed", rule = "RFC 9112, 9.5", why = "browsers open connections ahead of their use")
    Duration firstByte = Defaults.TIMEOUTS.firstByte();

    @Option(
            names = "--keep-alive",
            paramLabel = "SECONDS",
            converter = Converters.PositiveSeconds.class,
            description = "For the next request of a connection. Default: 5.")
    @Bound(
            client = "closed",
            rule = "RFC 9112, 9.3",
            why = "an idle connection costs memory; behind a proxy choose more than its")
    Duration keepAlive = Defaults.TIMEOUTS.keepAlive();

    @Option(
            names = "--head-timeout",
            paramLabel = "SECONDS",
            converter = Converters.PositiveSeconds.class,
            description = "For a request's line and header fields: 408 after. Default: 30.")
    @Bound(
            client = "408, closed",
            rule = "RFC 9110, 15.5.9",
            why = "of the whole head, so that no drip of bytes prolongs it")
    Duration head = Defaults.TIMEOUTS.head();

    @Option(
            names = "--body-timeout",
            paramLabel = "SECONDS",
            converter = Converters.PositiveSeconds.class,
            description = "For the next piece of a request body that the application reads. Default: 30.")
    @Bound(
            client = "408, closed; closed if the application was called",
            rule = "RFC 9110, 15.5.9",
            why = "mobile networks have gaps of some seconds; does not run while the request is paused")
    Duration body = Defaults.TIMEOUTS.body();

    @Option(
            names = "--write-timeout",
            paramLabel = "SECONDS",
            converter = Converters.PositiveSeconds.class,
            description = "For a client that reads nothing of its response. Default: 60.")
    @Bound(
            client = "closed",
            why =
                    "the kernel makes room in pieces of many kilobytes, so this is a minimum rate too; does not run while the request is paused")
    Duration write = Defaults.TIMEOUTS.write();

    @Option(
            names = "--queue-timeout",
            paramLabel = "SECONDS",
            converter = Converters.PositiveSeconds.class,
            description = "For a request until a thread is free: 503 after. Default: 30.")
    @Bound(
            client = "503 with `Retry-After`",
            rule = "RFC 9110, 15.6.4",
            why = "before a proxy in front gives up (most after 60 s), and as long as people wait")
    Duration queue = Defaults.TIMEOUTS.queue();

    @Option(
            names = "--graceful-timeout",
            paramLabel = "SECONDS",
            converter = Converters.Seconds.class,
            description = "For running requests after SIGTERM. Default: 30.")
    @Bound(
            client = "closed; 503 with `Retry-After` if the application returns in the last second",
            rule = "P35",
            why = "gunicorn's")
    Duration grace = Defaults.TIMEOUTS.grace();

    @Option(
            names = "--graceful-timeout-parked",
            paramLabel = "SECONDS",
            converter = Converters.Seconds.class,
            description = "For paused requests after SIGTERM, once their response has begun. Default: 3.")
    @Bound(
            client = "503 with `Retry-After` at once if its response has not begun; else it is cut",
            rule = "P35",
            why = "an endless stream must not delay a deploy")
    Duration parkedGrace = Defaults.TIMEOUTS.parkedGrace();

    Timeouts timeouts() {
        return new Timeouts(firstByte, keepAlive, head, body, write, queue, grace, parkedGrace);
    }
}
