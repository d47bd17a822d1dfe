package dev.pausa.conformance;

import static dev.pausa.conformance.Script.bytes;
import static dev.pausa.conformance.Script.chunk;
import static dev.pausa.conformance.Script.nothing;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Header;
import dev.pausa.wsgi.Resume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** C29 to C39, C81 and C82: clients that leave, close(), and the bound of a pause. */
final class Leaving {
    private Leaving() {}

    static void mount(Map<String, Cases.Case> routes) {
        routes.put("/c29", Leaving::c29);
        routes.put("/c31", Leaving::c31);
        routes.put("/c32", Raced::answer);
        routes.put("/c32-tally", Raced::tally);
        routes.put("/c33", Leaving::c33);
        routes.put("/c35", Leaving::c35);
        routes.put("/c36", Leaving::c36);
        routes.put("/c37", Leaving::c37);
        routes.put("/c81", Leaving::c81);
        routes.put("/c82-plain", Leaving::c82Plain);
        routes.put("/c82-download", Leaving::c82Download);
    }

    /** Parks after {@code hello}; {@code ?resume=SECONDS} resumes it then (late, as a rule). */
    private static Body c29(Request request) throws Exception {
        Recorder recorder = request.recorder();
        request.ok();
        return request.watch(new Body() {
            private @Nullable Resume resume;
            private int steps;

            @Override
            public @Nullable ByteBuffer next() {
                if (steps++ > 0) {
                    return steps == 2 ? chunk("bye") : null;
                }
                resume = request.pause();
                if (request.has("resume")) {
                    request.resumeLater(request.millis("resume"), resume);
                }
                return chunk("hello");
            }

            @Override
            public void close() {
                if (steps == 1 && resume != null) {
                    recorder.note("generator-exit");
                    recorder.note("pending", resume.pending());
                }
            }
        });
    }

    /** A step of 500 ms, then one that pauses. */
    private static Body c31(Request request) throws Exception {
        Recorder recorder = request.recorder();
        request.ok();
        return request.script(
                () -> chunk("hello"),
                () -> {
                    recorder.note("busy");
                    Thread.sleep(500);
                    Resume resume = request.pause();
                    recorder.note("idle");
                    request.resumeLater(1000, resume);
                    return chunk("answer");
                },
                () -> chunk("WRONG"));
    }

    private static Body c33(Request request) throws Exception {
        request.recorder().note("paused");
        request.resumeLater(2000, request.pause());
        request.ok();
        return request.script(() -> chunk("WRONG"));
    }

    /** A body of one chunk whose {@code close()} does this. */
    private static Body closing(Request request, AutoCloseable action) {
        Body data = Body.of(bytes("data"));
        return request.watch(new Body() {
            @Override
            public @Nullable ByteBuffer next() throws Exception {
                return data.next();
            }

            @Override
            public void close() throws Exception {
                action.close();
            }
        });
    }

    private static Body c35(Request request) throws Exception {
        request.ok();
        return closing(request, () -> {
            Resume resume = request.pause();
            request.recorder().note("dead", List.of(resume.pending(), resume.resume()));
        });
    }

    private static Body c36(Request request) throws Exception {
        request.ok(new Header("Content-Length", "4"));
        return closing(request, () -> {
            throw new IOException("c36-close-raised");
        });
    }

    /** Pauses; {@code ?sent=1}: after data; {@code ?resume=SECONDS}: resumed then. */
    private static Body c37(Request request) throws Exception {
        request.ok();
        return request.script(
                () -> {
                    request.resumeLater(request.millis("resume"), request.pause());
                    return request.has("sent") ? chunk("data") : nothing();
                },
                () -> chunk("end"));
    }

    /** One step of at most 4 s that asks for the close reason until there is one. */
    private static Body c81(Request request) throws Exception {
        Recorder recorder = request.recorder();
        request.ok();
        return request.script(() -> chunk("hello"), () -> {
            recorder.note("polling", request.closeReason());
            long until = System.nanoTime() + 4_000_000_000L;
            while (request.closeReason() == null && System.nanoTime() < until) {
                Thread.sleep(20);
            }
            recorder.note("reason", request.closeReason());
            return chunk("answer");
        });
    }

    /** Answers after a step of {@code ?seconds=}. */
    private static Body c82Plain(Request request) throws Exception {
        request.recorder().note("busy");
        Thread.sleep(request.millis("seconds"));
        request.ok();
        return request.watch(Body.of(bytes("plain answer")));
    }

    /** {@code ?chunks=} chunks of 64 KiB, never paused. */
    private static Body c82Download(Request request) throws Exception {
        byte[] piece = new byte[65536];
        for (int i = 0; i < piece.length; i++) {
            piece[i] = (byte) i;
        }
        int chunks = request.number("chunks");
        request.ok();
        return request.watch(new Body() {
            private int sent;

            @Override
            public @Nullable ByteBuffer next() {
                return sent++ < chunks ? ByteBuffer.wrap(piece) : null;
            }
        });
    }
}
