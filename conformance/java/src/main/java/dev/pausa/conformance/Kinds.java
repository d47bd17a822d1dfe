package dev.pausa.conformance;

import dev.pausa.wsgi.Body;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Applications at {@code /answer?kind=}; their bodies are watched. */
final class Kinds implements Cases.Case {
    private final Map<String, Cases.Case> kinds = new HashMap<>();

    private Kinds() {}

    /** The map to add to, mounted with the first call. */
    static Map<String, Cases.Case> of(Map<String, Cases.Case> routes) {
        return ((Kinds) routes.computeIfAbsent("/answer", path -> new Kinds())).kinds;
    }

    @Override
    public Body answer(Request request) throws Exception {
        Cases.Case kind = Objects.requireNonNull(kinds.get(request.text("kind")), request.text("kind"));
        Body body = kind.answer(request);
        return body == null ? body : request.watch(body);
    }
}
