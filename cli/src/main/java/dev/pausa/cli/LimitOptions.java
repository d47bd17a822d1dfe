package dev.pausa.cli;

import dev.pausa.http1.HeadLimits;
import dev.pausa.server.Limits;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How much a client may ask. */
final class LimitOptions {
    @Option(
            names = "--limit-request-line",
            paramLabel = "BYTES",
            converter = Converters.Positive.class,
            description = "Size of a request line: 414 above. Default: ${DEFAULT-VALUE}.")
    @Bound(
            client = "414, closed",
            rule = "RFC 9112, 3",
            why = "RFC 9112 asks for 8,000 at least; gunicorn's upper bound")
    int requestLine = Defaults.LIMITS.head().requestLine();

    @Option(
            names = "--limit-request-fields",
            paramLabel = "N",
            converter = Converters.Natural.class,
            description = "Header fields of a request: 431 above. Default: ${DEFAULT-VALUE}.")
    @Bound(client = "431, closed", rule = "RFC 6585, 5", why = "gunicorn's; a browser sends about 20")
    int fields = Defaults.LIMITS.head().fields();

    @Option(
            names = "--limit-request-field_size",
            paramLabel = "BYTES",
            converter = Converters.Positive.class,
            description = "Size of a header field: 431 above. Default: ${DEFAULT-VALUE}.")
    @Bound(client = "431, closed", rule = "RFC 6585, 5", why = "gunicorn's; room for large cookies and tokens")
    int fieldSize = Defaults.LIMITS.head().fieldSize();

    @Option(
            names = "--limit-request-header-size",
            paramLabel = "BYTES",
            converter = Converters.Positive.class,
            description = "Size of all header fields together: 431 above. Default: ${DEFAULT-VALUE}.")
    @Bound(client = "431, closed", rule = "RFC 6585, 5", why = "what a connection without a request may hold in memory")
    int headSize = Defaults.LIMITS.head().headSize();

    @Option(
            names = "--limit-chunk-extensions",
            paramLabel = "BYTES",
            converter = Converters.Natural.class,
            description = "Size of all chunk extensions of a request: 413 above. Default: ${DEFAULT-VALUE}.")
    @Bound(
            client = "413, closed; if the application reads it already: its read fails, closed",
            rule = "RFC 9112, 7.1.1",
            why = "nobody is known to use any")
    int chunkExtensions = Defaults.LIMITS.head().chunkExtensions();

    @Option(
            names = "--limit-request-body",
            paramLabel = "BYTES",
            converter = Converters.Bytes.class,
            description = "Size of a request body: 413 above. Default: no bound.")
    @Bound(
            client = "413, closed; if the application reads it already: its read fails, closed",
            rule = "RFC 9110, 15.5.14",
            why =
                    "a body is streamed and held in memory by `--request-buffer` only; what it may mean, the application knows")
    @Nullable
    Long body;

    @Option(
            names = "--request-buffer",
            paramLabel = "BYTES",
            converter = Converters.Positive.class,
            description = "Bytes of a request body kept in memory until the application reads. "
                    + "Default: ${DEFAULT-VALUE}.")
    @Bound(client = "nothing: its bytes are read later", rule = "P59", why = "a form or a JSON document fits")
    int bodyBuffer = Defaults.LIMITS.bodyBuffer();

    @Option(
            names = "--min-body-rate",
            paramLabel = "BYTES",
            converter = Converters.Natural.class,
            description = "Bytes a second that a client must send of a body, on average over each --body-timeout; 0 for"
                    + " any. Default: ${DEFAULT-VALUE}.")
    @Bound(
            client = "408, closed; closed if the application was called",
            why = "Apache's; a modem was faster, and one byte every 29 s must not pass for an upload")
    int bodyRate = Defaults.LIMITS.bodyRate();

    @Option(
            names = "--upload-threads",
            paramLabel = "N",
            converter = Converters.Positive.class,
            description =
                    "Threads that requests whose body is still coming may hold; further ones begin when theirs has"
                            + " come. Default: half of --threads.")
    @Bound(
            client = "nothing: it waits",
            why = "the other half serves, whatever clients do that send slowly",
            defaultValue = "half of `--threads`, at least 1")
    @Nullable
    Integer uploads;

    @Option(
            names = "--backlog",
            paramLabel = "N",
            converter = Converters.Positive.class,
            description = "Connections that the kernel keeps until they are accepted. Default: ${DEFAULT-VALUE}.")
    @Bound(
            client = "its connection attempt is repeated by its kernel",
            why = "gunicorn's; the kernel cuts it to `net.core.somaxconn`")
    int backlog = Defaults.LIMITS.backlog();

    @Option(
            names = "--worker-connections",
            paramLabel = "N",
            converter = Converters.Positive.class,
            description = "Open connections, above which new ones wait. Default: ${DEFAULT-VALUE}.")
    @Bound(
            client = "nothing: it waits in the backlog",
            why =
                    "an idle one costs 2 KiB; the number of descriptors (`ulimit -n`) is usually the lower bound, and running"
                            + " out of them is survived")
    int connections = Defaults.LIMITS.connections();

    @Option(
            names = "--max-waiting",
            paramLabel = "N",
            converter = Converters.Positive.class,
            description = "Requests that wait for a thread, above which new ones get 503. Default: ${DEFAULT-VALUE}.")
    @Bound(
            client = "503 with `Retry-After`, closed",
            rule = "RFC 9110, 15.6.4",
            why = "enough for everybody who reconnects after a restart; `--queue-timeout` bounds the time")
    int waiting = Defaults.LIMITS.waiting();

    Limits limits(int threads, int maxPaused) {
        return new Limits(
                new HeadLimits(requestLine, fields, fieldSize, headSize, chunkExtensions),
                bodyBuffer,
                body == null ? Defaults.LIMITS.body() : body,
                bodyRate,
                uploads == null ? Math.max(1, threads / 2) : uploads,
                backlog,
                connections,
                waiting,
                maxPaused);
    }
}
