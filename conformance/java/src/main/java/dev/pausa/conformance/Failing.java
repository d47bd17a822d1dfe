package dev.pausa.conformance;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Environ;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;

/** Applications that fail, each its own way: what the client and the log are told. */
final class Failing {
    private Failing() {}

    static void mount(Map<String, Cases.Case> routes) {
        routes.put("/failing", Failing::failing);
        routes.put("/request-id", request -> {
            request.ok();
            return Body.of(Script.bytes(String.valueOf(request.environ().get("pausa.request_id"))));
        });
    }

    private static Body failing(Request request) throws Exception {
        String message = "failing-outer <b> & 'c'";
        switch (request.text("kind")) {
            case "read" -> read(request);
            case "wrapped" -> {
                try {
                    read(request);
                } catch (IOException e) {
                    throw new IllegalStateException("failing-wrapped");
                }
            }
            case "late" -> {
                request.ok();
                return request.script(() -> Script.chunk("begun"), () -> {
                    throw new IllegalStateException("failing-late");
                });
            }
            case "chained" -> throw new IllegalStateException(message, new IllegalArgumentException("failing-inner"));
            default -> {}
        }
        throw new IllegalStateException(message);
    }

    private static void read(Request request) throws IOException {
        Objects.requireNonNull(request.environ().get(Environ.INPUT)).stream().readAllBytes();
    }
}
