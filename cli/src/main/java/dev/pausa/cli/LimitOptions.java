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
    int requestLine = Defaults.LIMITS.head().requestLine();

    @Option(
            names = "--limit-request-fields",
            paramLabel = "N",
            converter = Converters.Natural.class,
            description = "Header fields of a request: 431 above. Default: ${DEFAULT-VALUE}.")
    int fields = Defaults.LIMITS.head().fields();

    @Option(
            names = "--limit-request-field_size",
            paramLabel = "BYTES",
            converter = Converters.Positive.class,
            description = "Size of a header field: 431 above. Default: ${DEFAULT-VALUE}.")
    int fieldSize = Defaults.LIMITS.head().fieldSize();

    @Option(
            names = "--limit-request-header-size",
            paramLabel = "BYTES",
            converter = Converters.Positive.class,
            description = "Size of all header fields together: 431 above. Default: ${DEFAULT-VALUE}.")
    int headSize = Defaults.LIMITS.head().headSize();

    @Option(
            names = "--limit-chunk-extensions",
            paramLabel = "BYTES",
            converter = Converters.Natural.class,
            description = "Size of all chunk extensions of a request: 413 above. Default: ${DEFAULT-VALUE}.")
    int chunkExtensions = Defaults.LIMITS.head().chunkExtensions();

    @Option(
            names = "--limit-request-body",
            paramLabel = "BYTES",
            converter = Converters.Bytes.class,
            description = "Size of a request body: 413 above. Default: no bound.")
    @Nullable
    Long body;

    @Option(
            names = "--request-buffer",
            paramLabel = "BYTES",
            converter = Converters.Positive.class,
            description = "Bytes of a request body kept in memory until the application reads. "
                    + "Default: ${DEFAULT-VALUE}.")
    int bodyBuffer = Defaults.LIMITS.bodyBuffer();

    @Option(
            names = "--worker-connections",
            paramLabel = "N",
            converter = Converters.Positive.class,
            description = "Open connections, above which new ones wait. Default: ${DEFAULT-VALUE}.")
    int connections = Defaults.LIMITS.connections();

    Limits limits(int maxPaused) {
        return new Limits(
                new HeadLimits(requestLine, fields, fieldSize, headSize, chunkExtensions),
                bodyBuffer,
                body == null ? Defaults.LIMITS.body() : body,
                connections,
                maxPaused);
    }
}
