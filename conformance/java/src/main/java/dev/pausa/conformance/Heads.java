package dev.pausa.conformance;

import static dev.pausa.conformance.Script.bytes;
import static dev.pausa.conformance.Script.chunk;
import static dev.pausa.conformance.Script.nothing;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.FileWrapper;
import dev.pausa.wsgi.Header;
import dev.pausa.wsgi.Write;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** C14 to C28: start_response, write() and the end of the body, across pauses. */
final class Heads {
    private static final byte[] FILE = bytes("0123456789abcdef".repeat(8192));

    private Heads() {}

    static void mount(Map<String, Cases.Case> routes) {
        routes.put("/c14", Heads::c14);
        routes.put("/c15", Heads::c15);
        routes.put("/c16", Heads::c16);
        routes.put("/c17", Heads::c17);
        routes.put("/c18", request -> stepZero(request, Body.of(bytes("x"))));
        routes.put("/c19", request -> stepZero(request, request.script(() -> chunk("data"))));
        routes.put("/c20", Heads::c20);
        routes.put("/c21", Heads::c21);
        routes.put("/c22", Heads::c22);
        routes.put("/c23", Heads::c23);
        routes.put("/c24", Heads::c24);
        routes.put("/c26", Heads::c26);
        routes.put("/c27", request -> complete(request, true, new Header("Content-Length", "3")));
        routes.put("/c27b", request -> complete(request, false, new Header("Content-Length", "3")));
        routes.put("/c28", request -> complete(request, true));
    }

    private static Body c14(Request request) throws Exception {
        return request.script(
                () -> {
                    request.resumeLater(100, request.pause());
                    return nothing();
                },
                () -> {
                    request.startResponse().start("200 Late", List.of(Request.TEXT, new Header("X-Late", "yes")));
                    return chunk("data");
                });
    }

    private static Body c15(Request request) throws Exception {
        request.ok(new Header("X-First", "yes"));
        return request.script(
                () -> {
                    request.resumeLater(100, request.pause());
                    return nothing();
                },
                () -> {
                    request.startResponse()
                            .start("503 Service Unavailable", List.of(Request.TEXT), new IOException("c15"));
                    return chunk("sorry");
                });
    }

    private static Body c16(Request request) throws Exception {
        request.ok();
        return request.script(
                Script::nothing,
                Script::nothing,
                Script::nothing,
                Script::nothing,
                Script::nothing,
                () -> {
                    request.resumeLater(300, request.pause());
                    return nothing();
                },
                () -> chunk("data"));
    }

    private static Body c17(Request request) throws Exception {
        request.ok();
        return request.script(
                () -> {
                    request.resumeLater(100, request.pause());
                    return chunk("data");
                },
                () -> {
                    var original = new IOException("c17-original");
                    try {
                        request.startResponse().start("500 Internal Server Error", List.of(Request.TEXT), original);
                    } catch (IOException raised) {
                        request.recorder().note("re-raised", original.equals(raised));
                        throw raised;
                    }
                    return chunk("WRONG");
                });
    }

    /** Pauses in step 0 and returns {@code body}. */
    private static Body stepZero(Request request, Body body) throws Exception {
        request.resumeLater(200, request.pause());
        request.ok();
        return body;
    }

    private static Body c20(Request request) throws Exception {
        Recorder recorder = request.recorder();
        var file = new ByteArrayInputStream(FILE) {
            @Override
            public void close() {
                recorder.note("close");
            }
        };
        return stepZero(request, new FileWrapper(file, 8192));
    }

    private static Body c21(Request request) throws Exception {
        Write write = request.ok();
        request.resumeLater(1000, request.pause());
        write.write(chunk("x"));
        return request.watch(Body.of(bytes("y")));
    }

    private static Body c22(Request request) throws Exception {
        Recorder recorder = request.recorder();
        Write write = request.ok();
        return request.script(
                () -> {
                    Later.after(
                            100,
                            () -> recorder.attempt("write", () -> {
                                write.write(chunk("WRONG"));
                                return null;
                            }));
                    request.resumeLater(200, request.pause());
                    return chunk("one ");
                },
                () -> chunk("two"));
    }

    private static Body c23(Request request) throws Exception {
        request.ok();
        return request.script(() -> chunk("data"), () -> {
            request.resumeLater(500, request.pause());
            return null;
        });
    }

    /** Pauses, then raises; {@code ?sent=1}: after data. */
    private static Body c24(Request request) throws Exception {
        request.ok();
        Script.Step failing = () -> {
            request.resumeLater(300, request.pause());
            throw new IOException("c24-raised");
        };
        return request.has("sent") ? request.script(() -> chunk("data"), failing) : request.script(failing);
    }

    /** Raises in the step after a resume; {@code ?sent=1}: after data. */
    private static Body c26(Request request) throws Exception {
        request.ok();
        return request.script(
                () -> {
                    request.resumeLater(100, request.pause());
                    return request.has("sent") ? chunk("data") : nothing();
                },
                () -> {
                    throw new IOException("c26-raised");
                });
    }

    /** One chunk that completes the response, with a pause that is resumed too late, or without. */
    private static Body complete(Request request, boolean pausing, Header... headers) throws Exception {
        request.ok(headers);
        return request.script(
                () -> {
                    if (pausing) {
                        request.resumeLater(500, request.pause());
                    }
                    return chunk("abc");
                },
                () -> dropped(request));
    }

    private static @Nullable ByteBuffer dropped(Request request) {
        request.recorder().note("stepped");
        return null;
    }
}
