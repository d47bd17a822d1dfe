package dev.pausa.conformance;

import static dev.pausa.conformance.Script.chunk;
import static dev.pausa.conformance.Script.nothing;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Resume;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** C52 to C55 and C77: middleware. */
final class Stacks {
    private Stacks() {}

    static void mount(Map<String, Cases.Case> routes) {
        routes.put("/c52", request -> new Swallower(portable(request)));
        routes.put("/c53", Stacks::c53);
        routes.put("/c54", Stacks::c54);
        routes.put("/c55", Stacks::c55);
        routes.put("/c77", Stacks::c77);
    }

    /** Three events 100 ms apart by the portable body. */
    private static Body portable(Request request) throws Exception {
        request.ok();
        var body = new PortableBody(request.environ());
        for (int i = 0; i < 3; i++) {
            String event = "event " + i + "\n";
            Later.after(100L * (i + 1), () -> body.put(event));
        }
        Later.after(400, body::end);
        return request.watch(body);
    }

    /** Middleware that steps its child until there is data: it swallows block boundaries (P40). */
    private record Swallower(Body child) implements Body {
        @Override
        public @Nullable ByteBuffer next() throws Exception {
            ByteBuffer chunk = child.next();
            while (chunk != null && !chunk.hasRemaining()) {
                chunk = child.next();
            }
            return chunk;
        }

        @Override
        public void close() throws Exception {
            child.close();
        }
    }

    /** Middleware that removes the key, and the portable body. */
    private static Body c53(Request request) throws Exception {
        request.environ().remove(Environ.PAUSE_OUTPUT.name());
        return portable(request);
    }

    /** Middleware that pauses by itself three times before it steps its child. */
    private static Body c54(Request request) throws Exception {
        request.ok();
        Recorder recorder = request.recorder();
        Body child = request.script(() -> chunk("child"));
        return new Body() {
            private int beats;

            @Override
            public @Nullable ByteBuffer next() throws Exception {
                if (beats == 3) {
                    return child.next();
                }
                beats++;
                recorder.note("beat", recorder.count("step"));
                request.resumeLater(100, request.pause());
                return chunk(":beat\n");
            }

            @Override
            public void close() throws Exception {
                child.close();
            }
        };
    }

    /** Middleware that hands down a copy; with {@code ?delete=1} it then deletes the key from the original (P3). */
    private static Body c55(Request request) throws Exception {
        var copy = new Environ(request.environ().variables());
        copy.putAll(request.environ());
        if (request.has("delete")) {
            request.environ().remove(Environ.PAUSE_OUTPUT.name());
        }
        var inner = new Request(copy, request.startResponse());
        inner.ok();
        return inner.script(
                () -> {
                    inner.resumeLater(100, inner.pause());
                    return nothing();
                },
                () -> chunk("data"));
    }

    /** Middleware and application both pause in one step; the application resumes. */
    private static Body c77(Request request) throws Exception {
        Recorder recorder = request.recorder();
        List<Resume> resumes = new ArrayList<>();
        request.ok();
        var application = new Script(
                () -> {
                    resumes.add(request.pause());
                    request.resumeLater(100, resumes.getLast());
                    return nothing();
                },
                () -> {
                    recorder.note("application", resumes.getLast().pending());
                    return chunk("data");
                });
        return request.script(
                () -> {
                    resumes.add(request.pause());
                    return application.next();
                },
                () -> {
                    recorder.note("middleware", resumes.getFirst().pending());
                    return application.next();
                });
    }
}
