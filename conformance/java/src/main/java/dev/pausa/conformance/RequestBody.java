package dev.pausa.conformance;

import static dev.pausa.conformance.Script.bytes;
import static dev.pausa.conformance.Script.chunk;
import static dev.pausa.conformance.Script.nothing;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.CallLater;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Input;
import dev.pausa.wsgi.InputHandler;
import dev.pausa.wsgi.Resume;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** C61 to C67: the request body, waited for without a thread (P50 to P60). */
final class RequestBody {
    private static final Map<String, Parked> PARKED = new ConcurrentHashMap<>();

    private record Parked(Environ environ, Resume resume) {}

    private RequestBody() {}

    static void mount(Map<String, Cases.Case> routes) {
        routes.put("/c61", RequestBody::c61);
        routes.put("/c63", RequestBody::c63);
        routes.put("/c64-park", RequestBody::c64Park);
        routes.put("/c64", RequestBody::c64);
        routes.put("/c65", RequestBody::c65);
        routes.put("/c67", RequestBody::c67);
    }

    static InputHandler onInput(Request request) {
        return Objects.requireNonNull(request.environ().get(Environ.INPUT_HANDLER));
    }

    static Input input(Environ environ) {
        return Objects.requireNonNull(environ.get(Environ.INPUT));
    }

    static Environ copy(Environ environ) {
        var copy = new Environ(environ.variables());
        copy.putAll(environ);
        return copy;
    }

    /** What can be read without waiting; {@code null} if nothing can. */
    static @Nullable String piece(Request request) throws IOException {
        var buffer = new byte[65536];
        int count = input(request.environ()).readNowait(buffer, 0, buffer.length);
        return count == 0 ? null : new String(buffer, 0, Math.max(0, count), StandardCharsets.ISO_8859_1);
    }

    static void take(Request request) throws IOException {
        request.recorder().note("read", piece(request));
    }

    /** Pauses, and arms by {@code ?source=} and {@code ?handler=}: the resume itself, or a task that notes and resumes. */
    static void arm(Request request) {
        Recorder recorder = request.recorder();
        Resume resume = request.pause();
        CallLater.Callback handler = () -> {
            recorder.note("handler");
            take(request);
            resume.resume();
        };
        InputHandler handlers = onInput(request);
        boolean isResume = "resume".equals(request.field("handler"));
        InputHandler.Registration armed;
        if (request.has("source")) {
            Environ source = request.text("source").equals("copy") ? copy(request.environ()) : request.environ();
            armed = isResume ? handlers.register(source, resume) : handlers.register(source, handler);
        } else {
            Input source = input(request.environ());
            armed = isResume ? handlers.register(source, resume) : handlers.register(source, handler);
        }
        recorder.note("inside", recorder.count("handler") > 0); // P53: it never is
        recorder.note("armed", armed != null);
    }

    private static Body c61(Request request) throws Exception {
        request.ok();
        return request.script(
                () -> {
                    if (request.has("late")) {
                        Thread.sleep(request.millis("late"));
                    }
                    if (request.has("drain")) {
                        input(request.environ()).stream().readAllBytes();
                    }
                    arm(request);
                    return nothing();
                },
                () -> {
                    if ("resume".equals(request.field("handler"))) {
                        take(request);
                    }
                    return chunk("woken");
                });
    }

    /** Passes for another input, but for its identity. */
    private record Proxy(Input inner) implements Input {
        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return inner.read(into, offset, length);
        }

        @Override
        public boolean ready() {
            return inner.ready();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return true;
        }

        @Override
        public int hashCode() {
            return inner.hashCode();
        }
    }

    private record Buffered(ByteArrayInputStream bytes) implements Input {
        @Override
        public int read(byte[] into, int offset, int length) {
            return bytes.read(into, offset, length);
        }

        @Override
        public boolean ready() {
            return true;
        }
    }

    /** Middleware that replaces the input by {@code ?by=}, and what the application under it gets. */
    private static Body c63(Request request) throws Exception {
        Recorder recorder = request.recorder();
        Input original = input(request.environ());
        Environ inner = copy(request.environ());
        Input source = original;
        switch (request.text("by")) {
            case "bytes" ->
                source = new Buffered(new ByteArrayInputStream(original.stream().readAllBytes()));
            case "proxy" -> source = new Proxy(original);
            default -> inner.remove(Environ.INPUT.name());
        }
        if (inner.containsKey(Environ.INPUT.name())) {
            inner.put(Environ.INPUT, source);
        }
        InputHandler handlers = onInput(new Request(inner, request.startResponse()));
        CallLater.Callback never = () -> recorder.note("WRONG");
        recorder.note("environ", registered(handlers.register(inner, never)));
        Input found = inner.get(Environ.INPUT);
        recorder.note("input", found == null ? null : registered(handlers.register(found, never)));
        request.ok();
        return request.watch(Body.of(source.stream().readNBytes(5)));
    }

    /** Something for the notes but {@code null}, if it was registered. */
    private static @Nullable Boolean registered(InputHandler.@Nullable Registration registration) {
        return registration == null ? null : Boolean.TRUE;
    }

    private static Body c64Park(Request request) throws Exception {
        request.ok();
        return request.script(
                () -> {
                    PARKED.put(request.text("id"), new Parked(request.environ(), request.pause()));
                    return chunk("parked");
                },
                () -> chunk("woken"));
    }

    /** Registers for the input of another request, by its own key and by the other's with its own input. */
    private static Body c64(Request request) throws Exception {
        Recorder recorder = request.recorder();
        Parked other = Objects.requireNonNull(PARKED.remove(request.text("other")));
        CallLater.Callback never = () -> recorder.note("WRONG");
        InputHandler own = onInput(request);
        recorder.note("own key", registered(own.register(input(other.environ()), never)));
        recorder.note("own key, environ", registered(own.register(other.environ(), never)));
        InputHandler theirs = onInput(new Request(other.environ(), request.startResponse()));
        recorder.note("other's key", registered(theirs.register(input(request.environ()), never)));
        other.resume().resume();
        request.ok();
        return request.watch(Body.of(bytes("ok")));
    }

    private static Body c65(Request request) throws Exception {
        Recorder recorder = request.recorder();
        InputHandler handlers = onInput(request);
        CallLater.Callback never = () -> recorder.note("WRONG");
        request.ok();
        return request.script(
                () -> {
                    var registration = Objects.requireNonNull(handlers.register(request.environ(), never));
                    recorder.attempt("twice", () -> handlers.register(request.environ(), never));
                    recorder.note("cancel", registration.cancel());
                    arm(request);
                    return nothing();
                },
                () -> {
                    arm(request); // the first has begun
                    return nothing();
                },
                () -> chunk("data"));
    }

    private static Body c67(Request request) throws Exception {
        Recorder recorder = request.recorder();
        request.ok();
        return request.script(
                () -> {
                    Thread.sleep(200);
                    onInput(request).register(request.environ(), () -> recorder.note("handler"));
                    Thread.sleep(100);
                    recorder.note("step-over");
                    return chunk("one ");
                },
                () -> {
                    take(request);
                    return chunk("two");
                });
    }
}
