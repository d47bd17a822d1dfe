package dev.pausa.conformance;

import static dev.pausa.conformance.RequestBody.arm;
import static dev.pausa.conformance.RequestBody.input;
import static dev.pausa.conformance.RequestBody.onInput;
import static dev.pausa.conformance.RequestBody.piece;
import static dev.pausa.conformance.RequestBody.take;
import static dev.pausa.conformance.Script.bytes;
import static dev.pausa.conformance.Script.chunk;
import static dev.pausa.conformance.Script.nothing;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Header;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** C68 to C73: 100 (Continue), slow senders, and uploads that go wrong (P55 to P60). */
final class Uploads {
    private Uploads() {}

    static void mount(Map<String, Cases.Case> routes) {
        routes.put("/c68", Uploads::c68);
        routes.put("/c69", Uploads::c69);
        routes.put("/c70-read", Uploads::c70Read);
        routes.put("/c71", Uploads::c71);
        routes.put("/c72", Uploads::c72);
        routes.put("/c73", Uploads::c73);
    }

    /** Arms, cancels and arms again; with {@code ?early=1} only after some data was sent. */
    private static Body c68(Request request) throws Exception {
        request.ok();
        Script.Step arming = () -> {
            Objects.requireNonNull(onInput(request).register(request.environ(), () -> {}))
                    .cancel();
            arm(request);
            return nothing();
        };
        Script.Step last = () -> chunk("woken");
        return request.has("early")
                ? request.script(() -> chunk("early "), arming, last)
                : request.script(arming, last);
    }

    /** Echoes line by line. */
    private static Body c69(Request request) throws Exception {
        request.ok();
        return request.watch(new Body() {
            private String rest = "";
            private boolean ended;

            @Override
            public @Nullable ByteBuffer next() throws Exception {
                String more = ended ? "" : piece(request);
                if (more == null) {
                    onInput(request).register(request.environ(), request.pause());
                    return nothing();
                }
                if (more.isEmpty()) {
                    String last = rest;
                    rest = "";
                    ended = true;
                    return last.isEmpty() ? null : chunk(last);
                }
                String all = rest + more;
                int end = all.lastIndexOf('\n') + 1;
                rest = all.substring(end);
                return chunk(all.substring(0, end));
            }
        });
    }

    /** Blocks in a read. */
    private static Body c70Read(Request request) throws Exception {
        Recorder recorder = request.recorder();
        recorder.note("reading");
        try {
            input(request.environ()).stream().readNBytes(5);
        } catch (IOException failure) {
            recorder.note("raised", Arrays.asList(true, request.closeReason()));
            throw failure;
        }
        return request.watch(Body.of(bytes("")));
    }

    private static Body c71(Request request) throws Exception {
        request.ok();
        return request.script(
                () -> {
                    request.pause();
                    onInput(request).register(request.environ(), () -> {
                        throw new IllegalStateException("boom in a handler");
                    });
                    return request.has("sent") ? chunk("hello") : nothing();
                },
                () -> {
                    request.recorder().note("WRONG");
                    return null;
                });
    }

    private static Body c72(Request request) throws Exception {
        Recorder recorder = request.recorder();
        request.ok();
        return request.script(
                () -> {
                    var registration = Objects.requireNonNull(
                            onInput(request).register(request.environ(), () -> recorder.note("WRONG")));
                    recorder.note("cancel", List.of(registration.cancel(), registration.cancel()));
                    request.resumeLater(400, request.pause());
                    return nothing();
                },
                () -> {
                    take(request);
                    return chunk("data");
                });
    }

    /** Parks for a second, and never reads. */
    private static Body c73(Request request) throws Exception {
        request.ok(new Header("Content-Length", "4"));
        return request.script(
                () -> {
                    request.resumeLater(1000, request.pause());
                    return nothing();
                },
                () -> chunk("done"));
    }
}
