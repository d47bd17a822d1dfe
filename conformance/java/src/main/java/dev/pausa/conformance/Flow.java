package dev.pausa.conformance;

import static dev.pausa.conformance.Script.bytes;
import static dev.pausa.conformance.Script.chunk;
import static dev.pausa.conformance.Script.nothing;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Resume;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** C50, C51, C56 and C57: back-off, slow clients and pipelines. */
final class Flow {
    private static final Map<String, Resume> GATED = new ConcurrentHashMap<>();

    private Flow() {}

    static void mount(Map<String, Cases.Case> routes) {
        routes.put("/c50", Flow::c50);
        routes.put("/c51", Flow::c51);
        routes.put("/c56", Flow::c56);
        routes.put("/open", Flow::open);
        routes.put("/numbered", Flow::numbered);
    }

    private static Body c50(Request request) throws Exception {
        request.ok();
        return request.watch(new Body() {
            private boolean greeted;

            @Override
            public ByteBuffer next() {
                if (greeted) {
                    return nothing();
                }
                greeted = true;
                return chunk("hello");
            }
        });
    }

    /** Three chunks of 10 MB; every step pauses and is resumed 50 ms later. */
    private static Body c51(Request request) throws Exception {
        request.ok();
        return request.watch(new Body() {
            private byte steps;

            @Override
            public @Nullable ByteBuffer next() {
                if (steps == 3) {
                    return null;
                }
                request.resumeLater(50, request.pause());
                byte[] piece = new byte[10_000_000];
                Arrays.fill(piece, steps++);
                return ByteBuffer.wrap(piece);
            }
        });
    }

    /** Parks after {@code hello} until {@code /open?id=} of the same id. */
    private static Body c56(Request request) throws Exception {
        request.ok();
        return request.script(
                () -> {
                    GATED.put(request.text("id"), request.pause());
                    return chunk("hello");
                },
                () -> chunk("bye"));
    }

    private static Body open(Request request) throws Exception {
        Resume resume = Objects.requireNonNull(GATED.remove(request.text("id")));
        request.recorder().note("resumed", resume.resume());
        request.ok();
        return Body.of(bytes("open"));
    }

    /** Answers with {@code ?n=}; a pipelined second request. */
    private static Body numbered(Request request) throws Exception {
        request.ok();
        return Body.of(bytes(request.text("n")));
    }
}
