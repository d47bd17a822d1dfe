package dev.pausa.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** What the application side of a case saw, kept by request id. Any thread. */
final class Recorder {
    /** A case with 10^5 steps keeps counts, not events. */
    private static final int MOST_EVENTS = 500;
    /** A shutdown test cannot ask {@code /probe} any more: with this variable set, every event is also a line of that file. */
    private static final @Nullable String JOURNAL = System.getenv("PAUSA_TEST_JOURNAL");

    private static final ConcurrentMap<String, Recorder> RECORDERS = new ConcurrentHashMap<>();

    private final String id;
    private final List<String> events = new ArrayList<>();
    private final Map<String, Integer> counts = new LinkedHashMap<>();

    private Recorder(String id) {
        this.id = id;
    }

    /** The recorder of this request id; the same object for the same id. */
    static Recorder of(String id) {
        return RECORDERS.computeIfAbsent(id, Recorder::new);
    }

    void note(String what) {
        note(what, null);
    }

    /** Adds an event; {@code value} is a string, number, boolean, list of such, or {@code null}. */
    synchronized void note(String what, @Nullable Object value) {
        counts.merge(what, 1, Integer::sum);
        // System.nanoTime() is CLOCK_MONOTONIC on Linux, the clock of the client.
        String event =
                "\"what\":" + Json.text(what) + ",\"value\":" + Json.text(value) + ",\"at\":" + System.nanoTime() / 1e9
                        + ",\"thread\":" + Thread.currentThread().threadId();
        if (events.size() < MOST_EVENTS) {
            events.add("{" + event + "}");
        }
        if (JOURNAL != null) {
            String line = "{" + event + ",\"id\":" + Json.text(id) + "}\n";
            try {
                Files.writeString(Path.of(JOURNAL), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    /** Calls and notes the result, or the exception's type and text. */
    void attempt(String what, Callable<?> call) {
        try {
            note(what, call.call());
        } catch (Exception failure) {
            note(what, failure.getClass().getSimpleName() + ": " + failure.getMessage());
        }
    }

    synchronized int count(String what) {
        return counts.getOrDefault(what, 0);
    }

    /** Everything so far. */
    synchronized String json() {
        List<String> totals = new ArrayList<>();
        counts.forEach((what, count) -> totals.add(Json.text(what) + ":" + count));
        return "{\"events\":[" + String.join(",", events) + "],\"counts\":{" + String.join(",", totals) + "}}";
    }
}
