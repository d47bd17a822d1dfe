package dev.pausa.cli;

import dev.pausa.exchange.PausePolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How pauses are treated. */
final class PauseOptions {
    @Option(
            names = "--no-pause",
            description = "Do not offer wsgi.pause_output and wsgi.input_handler to applications.")
    boolean noPause;

    @Option(
            names = "--pause-timeout",
            paramLabel = "SECONDS",
            converter = Converters.PositiveSeconds.class,
            description = "Longest time that one pause may take. Default: no bound.")
    @Bound(
            client = "503 with `Retry-After`, or its response is cut",
            rule = "P32",
            why = "an event stream may be silent for hours")
    @Nullable
    Duration timeout;

    @Option(
            names = "--max-paused",
            paramLabel = "N",
            converter = Converters.Natural.class,
            description = "Paused requests, above which new requests get 503. Default: ${DEFAULT-VALUE}.")
    @Bound(
            client = "503 with `Retry-After`, closed: new requests, never a pause",
            rule = "P34",
            why = "10 KiB of memory each: half a gigabyte")
    int max = Defaults.LIMITS.parked();

    @Option(
            names = "--keep-half-closed",
            description = "Keep paused requests whose client has shut down its sending side.")
    boolean keepHalfClosed;

    @Option(
            names = "--thread-affinity",
            paramLabel = "auto|always|never",
            description = "A request stays on its thread until it pauses (auto, the default), always, or never.")
    PausePolicy.Affinity affinity = PausePolicy.Affinity.AUTO;

    PausePolicy policy() {
        return new PausePolicy(!noPause, timeout, affinity, keepHalfClosed);
    }
}
