package dev.pausa.conformance;

import static dev.pausa.conformance.Script.bytes;
import static dev.pausa.conformance.Script.chunk;

import dev.pausa.wsgi.ApplicationError;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Header;
import dev.pausa.wsgi.Write;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The checklist of PEP 3333: how responses end, well or not (W38 to W43). */
final class Endings {
    private Endings() {}

    static void mount(Map<String, Cases.Case> routes) {
        routes.put("/raises", Endings::raises);
        Map<String, Cases.Case> kinds = Kinds.of(routes);
        kinds.put("lengths", Endings::lengths);
        kinds.put("write-excess", Endings::writeExcess);
        kinds.put("write", Endings::write);
        kinds.put("write-empty", request -> {
            request.ok().write(chunk(""));
            return Body.of(List.of(Answers.afterWork(request, "data")));
        });
        kinds.put("write-gone", Endings::writeGone);
        kinds.put("endless", Endings::endless);
        kinds.put("bodyless", request -> {
            request.startResponse().start(request.decoded("status"), length(request));
            return Body.of(bytes("12345"));
        });
    }

    private static List<Header> length(Request request) {
        String length = request.field("length");
        return length == null || length.equals("-") ? List.of() : List.of(new Header("Content-Length", length));
    }

    /** Throws {@code ?what=} at {@code ?where=}, with {@code ?length=} as its Content-Length. */
    private static Body raises(Request request) throws Exception {
        String where = request.text("where");
        if (where.equals("call")) {
            raise(request);
        }
        request.ok(length(request).toArray(Header[]::new));
        if (where.equals("started")) {
            raise(request);
        }
        return new Body() {
            private int steps;

            @Override
            public @Nullable ByteBuffer next() throws Exception {
                steps++;
                if (where.equals("step") || (where.equals("later") && steps == 2)) {
                    raise(request);
                }
                return steps == 2 ? null : chunk("data");
            }

            @Override
            public void close() throws Exception {
                request.recorder().note("closed");
                if (where.equals("close")) {
                    raise(request);
                }
            }
        };
    }

    private static void raise(Request request) throws Exception {
        String message = "raised for " + request.text("id");
        switch (request.text("what")) {
            case "exception" -> throw new IllegalStateException(message);
            case "checked" -> throw new IOException(message);
            case "error" -> throw new Error(message);
            case "assertion" -> throw new AssertionError(message);
            case "linkage" -> throw new NoClassDefFoundError(message);
            case "memory" -> throw new OutOfMemoryError(message);
            case "recursion" -> throw new StackOverflowError(message);
            case "interrupt" -> throw new InterruptedException(message);
            default -> throw new IllegalArgumentException(request.text("what"));
        }
    }

    /** Chunks of {@code ?sizes=} bytes under a Content-Length of {@code ?length=}. */
    private static Body lengths(Request request) throws Exception {
        String status = request.has("status") ? request.decoded("status") : "200 OK";
        request.startResponse().start(status, length(request));
        Iterator<ByteBuffer> chunks = Arrays.stream(request.decoded("sizes").split(","))
                .map(size -> chunk("x".repeat(Integer.parseInt(size))))
                .iterator();
        return Body.of(chunks);
    }

    private static Body writeExcess(Request request) throws Exception {
        Write write = request.ok(new Header("Content-Length", "3"));
        write.write(chunk("abc"));
        try {
            write.write(chunk("d"));
        } catch (ApplicationError refused) {
            request.recorder().note("refused", "ContractError");
        }
        return Body.of(List.of());
    }

    private static Body write(Request request) throws Exception {
        Write write = request.ok();
        write.write(chunk("one "));
        write.write(Answers.afterWork(request, "two "));
        return Body.of(bytes("three"));
    }

    private static Body writeGone(Request request) throws Exception {
        Write write = request.ok();
        try {
            for (int i = 0; i < 400; i++) {
                write.write(chunk("x".repeat(100)));
                Thread.sleep(20);
            }
        } catch (IOException gone) {
            request.recorder().note("raised", gone.getClass().getSimpleName());
        }
        return Body.of(List.of());
    }

    /** A chunk each 20 ms, for 8 seconds or until the client leaves. */
    private static Body endless(Request request) throws Exception {
        request.ok();
        return new Body() {
            private int steps;

            @Override
            public @Nullable ByteBuffer next() throws InterruptedException {
                Thread.sleep(20);
                return steps++ == 400 ? null : chunk("chunk");
            }
        };
    }
}
