package dev.pausa.conformance;

import static dev.pausa.conformance.Script.bytes;
import static dev.pausa.conformance.Script.chunk;
import static dev.pausa.conformance.Script.nothing;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.EarlyHints;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Header;
import dev.pausa.wsgi.Resume;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** {@code wsgi.early_hints}. */
final class Hints {
    private static final List<Header> STYLE = List.of(new Header("Link", "</style.css>; rel=preload; as=style"));
    private static final List<Header> SCRIPT =
            List.of(new Header("Link", "</app.js>; rel=preload; as=script"), new Header("X-Padded", " \tx "));
    private static final Map<String, Header> BAD = Map.of(
            "newline", new Header("Link", "a\r\nSet-Cookie: b"),
            "name", new Header("Li nk", "a"),
            "hop", new Header("Connection", "close"),
            "length", new Header("Content-Length", "1"),
            "latin", new Header("Link", "\u20ac"));

    private Hints() {}

    static void mount(Map<String, Cases.Case> routes) {
        routes.put("/hints", Hints::hints);
        routes.put("/hints-parked", Hints::parked);
        routes.put("/hints-bad", Hints::bad);
    }

    private static EarlyHints of(Request request) {
        return Objects.requireNonNull(request.environ().get(Environ.EARLY_HINTS));
    }

    /** Hints twice before the first data, and once after it; {@code kind=reading}: reads the request body in between. */
    private static Body hints(Request request) throws Exception {
        EarlyHints hints = of(request);
        hints.send(STYLE);
        String read = request.text("kind").equals("reading")
                ? new String(
                        Objects.requireNonNull(request.environ().get(Environ.INPUT)).stream()
                                .readAllBytes(),
                        StandardCharsets.ISO_8859_1)
                : "";
        hints.send(SCRIPT);
        request.ok();
        return request.script(
                () -> {
                    hints.send(List.of());
                    return chunk("data " + read);
                },
                () -> {
                    attempt(request, "late", STYLE);
                    return chunk("more");
                });
    }

    /** Another thread hints while the request is parked, and once more when it is over. */
    private static Body parked(Request request) throws Exception {
        request.ok();
        return request.script(
                () -> {
                    Resume resume = request.pause();
                    Later.after(100, () -> attempt(request, "hinted", STYLE));
                    Later.after(600, resume::resume);
                    Later.after(1000, () -> attempt(request, "over", STYLE));
                    return nothing();
                },
                () -> chunk("data"));
    }

    private static Body bad(Request request) throws Exception {
        attempt(request, "refused", List.of(Objects.requireNonNull(BAD.get(request.text("kind")))));
        request.ok();
        return Body.of(bytes("data"));
    }

    private static void attempt(Request request, String what, List<Header> headers) {
        request.recorder().attempt(what, () -> {
            of(request).send(headers);
            return null;
        });
    }
}
