package dev.pausa.conformance;

import static dev.pausa.conformance.Script.bytes;
import static dev.pausa.conformance.Script.chunk;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Header;
import dev.pausa.wsgi.StartResponse;
import dev.pausa.wsgi.Write;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The checklist of PEP 3333: what an application does with start_response and its body (W16, W25 to W37, W47). */
final class Answers {
    private Answers() {}

    static void mount(Map<String, Cases.Case> routes) {
        routes.put("/start", Answers::start);
        routes.put("/start-types", Answers::startTypes);
        routes.put("/sized", Answers::sized);
        routes.put("/iterables", request -> {
            request.ok();
            return iterable(request);
        });
        Map<String, Cases.Case> kinds = Kinds.of(routes);
        kinds.put("chunk", request -> started(request, () -> chunkOf(request.text("type"))));
        kinds.put("whole", request -> {
            request.ok();
            return broken();
        });
        kinds.put("write-type", request -> {
            request.ok().write(chunkOf(request.text("type")));
            return Body.of(bytes("WRONG"));
        });
        kinds.put("positional", Answers::positional);
        bodies(kinds);
        kinds.put("late", request -> new Script(Script::nothing, () -> late(request)));
        kinds.put("first-step", request -> new Script(() -> late(request)));
        kinds.put(
                "too-late",
                request -> new Script(() -> chunk("WRONG"), () -> {
                    request.ok();
                    return null;
                }));
        kinds.put("never", request -> Body.of(bytes("WRONG")));
        kinds.put("never-empty", request -> Body.of());
        kinds.put("twice", request -> {
            request.ok();
            return list(request, "WRONG");
        });
        kinds.put("named", Answers::named);
        kinds.put("as-given", Answers::asGiven);
    }

    private static void bodies(Map<String, Cases.Case> kinds) {
        kinds.put("one", request -> list(request, "x"));
        kinds.put("two", request -> list(request, "x", "y"));
        kinds.put("nothing", Answers::list);
        kinds.put(
                "empties",
                request -> started(
                        request, Script::nothing, Script::nothing, Script::nothing, () -> afterWork(request, "data")));
        kinds.put("only-empties", request -> started(request, Script::nothing, () -> afterWork(request, "")));
        kinds.put("slow", request -> started(request, () -> chunk("one"), () -> afterWork(request, "two")));
    }

    private static Body started(Request request, Script.Step... steps) throws Exception {
        request.ok();
        return new Script(steps);
    }

    private static Body list(Request request, String... chunks) throws Exception {
        request.ok();
        return Body.of(Arrays.stream(chunks).map(Script::chunk).toList());
    }

    /** A chunk after half a second of work, whose end is noted. */
    static ByteBuffer afterWork(Request request, String text) throws InterruptedException {
        Thread.sleep(500);
        request.recorder().note("worked");
        return chunk(text);
    }

    /** Calls start_response with {@code ?status=} and one header; notes what it raised; may call it again. */
    private static Body start(Request request) throws Exception {
        StartResponse startResponse = request.startResponse();
        List<Header> headers = request.has("name")
                ? List.of(new Header(request.decoded("name"), request.decoded("value")))
                : List.of();
        try {
            startResponse.start(request.decoded("status"), headers);
        } catch (Exception failure) {
            request.recorder().note("raised", failure.getClass().getSimpleName());
            if (request.has("again")) {
                boolean excInfo = request.text("again").equals("exc_info");
                startResponse.start("500 Recovered", List.of(Request.TEXT), excInfo ? failure : null);
                return request.watch(Body.of(bytes("recovered")));
            }
            throw failure;
        }
        request.recorder().note("returned");
        return request.watch(Body.of(bytes("started")));
    }

    /** What a type with values allows: no value where one is asked for. */
    @SuppressWarnings({"NullAway", "DataFlowIssue"})
    private static Body startTypes(Request request) throws Exception {
        Map<String, Object[]> starts = Map.of(
                "status null", new Object[] {null, List.of()},
                "headers null", new Object[] {"200 OK", null},
                "header null", new Object[] {"200 OK", Collections.singletonList(null)},
                "name null", new Object[] {"200 OK", List.of(new Header(null, "b"))},
                "value null", new Object[] {"200 OK", List.of(new Header("X-A", null))});
        for (Map.Entry<String, Object[]> start : starts.entrySet()) {
            try {
                @SuppressWarnings("unchecked")
                var headers = (List<Header>) start.getValue()[1];
                request.startResponse().start((String) start.getValue()[0], headers, new Exception("replaced"));
                request.recorder().note("accepted", start.getKey());
            } catch (Exception failure) {
                request.recorder()
                        .note(
                                "refused",
                                start.getKey() + ": " + failure.getClass().getSimpleName());
            }
        }
        request.startResponse().start("200 OK", List.of(Request.TEXT), new Exception("replaced"));
        return request.watch(Body.of(bytes("asked")));
    }

    @SuppressWarnings("NullAway") // it is what the case asks about
    private static ByteBuffer chunkOf(String type) {
        return switch (type) {
            case "null" -> null;
            case "direct" -> ByteBuffer.allocateDirect(4).put(bytes("data")).flip();
            case "read-only" -> chunk("data").asReadOnlyBuffer();
            case "slice" ->
                ByteBuffer.wrap(bytes("WRdataONG")).slice(1, 6).position(1).limit(5);
            default -> throw new IllegalArgumentException(type);
        };
    }

    @SuppressWarnings("NullAway") // it is what the case asks about
    private static Body broken() {
        return null;
    }

    private static Body positional(Request request) throws Exception {
        @Nullable Write write = request.startResponse().start("200 OK", List.of(Request.TEXT), null);
        request.recorder().note("callable", write != null);
        Objects.requireNonNull(write).write(chunk("written "));
        request.recorder().note("write returns", null);
        return Body.of(bytes("yielded"));
    }

    private static ByteBuffer late(Request request) throws Exception {
        request.startResponse().start("203 Late", List.of(Request.TEXT, new Header("X-Late", "yes")));
        return chunk("data");
    }

    private static Body named(Request request) throws Exception {
        request.startResponse()
                .start(
                        "200 OK",
                        List.of(
                                new Header("dAtE", "Thu, 01 Jan 1970 00:00:00 GMT"),
                                new Header("SERVER", "own"),
                                new Header("content-LENGTH", "2")));
        return Body.of(bytes("ok"));
    }

    private static Body asGiven(Request request) throws Exception {
        request.startResponse()
                .start(
                        "206 Its Own Reason \u00e9",
                        List.of(
                                new Header("X-Order", "1"),
                                new Header("Set-Cookie", "a=1; Path=/"),
                                new Header("content-encoding", "gzip"),
                                new Header("Set-Cookie", "b=2"),
                                new Header("ETag", "\"x\""),
                                new Header("Last-Modified", "Thu, 01 Jan 1970 00:00:00 GMT"),
                                new Header("Content-Range", "bytes 0-4/100"),
                                new Header("X-Order", "2"),
                                new Header("Cache-Control", "no-transform"),
                                new Header("X-Latin", "caf\u00e9"),
                                new Header("Content-Length", "5")));
        return Body.of(new byte[] {0, (byte) 0xff, '\r', '\n', 0x1a});
    }

    /** A body by no more than the methods that a {@link Body} must have. */
    private static Body iterable(Request request) {
        var script = new Script(() -> chunk("one "), () -> chunk("two"));
        return switch (request.text("kind")) {
            case "function" -> {
                Iterator<ByteBuffer> chunks =
                        List.of(chunk("one "), chunk("two")).iterator();
                yield () -> chunks.hasNext() ? chunks.next() : null;
            }
            case "list" -> Body.of(List.of(chunk("one "), chunk("two")));
            case "iterator" -> Body.of(List.of(chunk("one "), chunk("two")).iterator());
            case "noted" ->
                new Body() {
                    @Override
                    public @Nullable ByteBuffer next() throws Exception {
                        return script.next();
                    }

                    @Override
                    public void close() {
                        request.recorder().note("closed");
                    }
                };
            default -> throw new IllegalArgumentException(request.text("kind"));
        };
    }

    /** A body whose length is {@code ?count=}; with {@code ?write=} after a write(). */
    private static Body sized(Request request) throws Exception {
        Write write = request.ok();
        if (request.has("write")) {
            write.write(chunk("written "));
        }
        return Body.of(Collections.nCopies(request.number("count"), "chunk").stream()
                .map(Script::chunk)
                .toList());
    }
}
