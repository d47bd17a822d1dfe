package dev.pausa.conformance;

import static dev.pausa.conformance.Script.chunk;
import static dev.pausa.conformance.Script.nothing;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Header;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The checklist of PEP 3333: start_response with a failure, the {@code exc_info} of Java (W30, W31). */
final class Replaced {
    private Replaced() {}

    static void mount(Map<String, Cases.Case> routes) {
        Map<String, Cases.Case> kinds = Kinds.of(routes);
        kinds.put("replaced", Replaced::replaced);
        kinds.put("replaced-too-late", Replaced::tooLate);
        kinds.put("released", Replaced::released);
    }

    private static Body replaced(Request request) throws Exception {
        request.ok(new Header("X-First", "yes"), new Header("Content-Length", "1000"));
        return new Script(Script::nothing, () -> {
            for (String status : List.of("502 Bad", "503 Worse")) {
                request.startResponse()
                        .start(status, List.of(Request.TEXT, new Header("X-Status", status)), new IOException(status));
            }
            return chunk("sorry");
        });
    }

    /** A failure after data: notes whether it came back as it was, and throws it. */
    private static Body tooLate(Request request) throws Exception {
        request.ok();
        return new Script(() -> chunk("data"), () -> {
            var original = new IOException("raised again");
            StackTraceElement[] trace = original.getStackTrace();
            try {
                request.startResponse().start("500 Too Late", List.of(Request.TEXT), original);
            } catch (IOException raised) {
                request.recorder()
                        .note("same", raised.equals(original) && Arrays.equals(trace, raised.getStackTrace()));
                throw raised;
            }
            return nothing();
        });
    }

    /** Notes whether the failure can be collected as soon as the application drops it. */
    private static Body released(Request request) throws Exception {
        request.ok();
        return new Script(() -> {
            WeakReference<Throwable> left = replace(request);
            for (int i = 0; i < 50 && left.get() != null; i++) {
                System.gc();
                Thread.sleep(10);
            }
            request.recorder().note("gone", left.get() == null);
            return ByteBuffer.wrap(Script.bytes("replaced"));
        });
    }

    private static WeakReference<Throwable> replace(Request request) throws Exception {
        Throwable failure = new IOException("replaced");
        request.startResponse().start("200 Replaced", List.of(Request.TEXT), failure);
        return new WeakReference<>(failure);
    }
}
