package dev.pausa.conformance;

import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Header;
import dev.pausa.wsgi.StartResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Every fixture application behind one, with {@code /probe?id=} and {@code /ping}. */
public final class Cases implements Application {
    /** One fixture application. */
    @FunctionalInterface
    interface Case {
        Body answer(Request request) throws Exception;
    }

    private static final AtomicInteger INSTANCES = new AtomicInteger();

    private final Map<String, Case> routes = new HashMap<>();
    private final AtomicInteger calls = new AtomicInteger();

    /** Mounts all cases. */
    public Cases() {
        INSTANCES.incrementAndGet();
        Epochs.mount(routes);
        Heads.mount(routes);
        Hints.mount(routes);
        Leaving.mount(routes);
        Holding.mount(routes);
        Flow.mount(routes);
        Stacks.mount(routes);
        Waking.mount(routes);
        RequestBody.mount(routes);
        Uploads.mount(routes);
        Environs.mount(routes);
        Streams.mount(routes);
        Answers.mount(routes);
        Replaced.mount(routes);
        Endings.mount(routes);
        Wrapped.mount(routes);
        Failing.mount(routes);
        routes.put("/ping", request -> {
            request.ok();
            return Body.of(Script.bytes("pong"));
        });
        routes.put("/call", request -> {
            request.ok();
            return Body.of(Script.bytes(Json.text(List.of(calls.get(), INSTANCES.get()))));
        });
        routes.put("/probe", request -> {
            request.ok();
            return Body.of(Script.bytes(request.recorder().json()));
        });
    }

    @Override
    public Body call(Environ environ, StartResponse startResponse) throws Exception {
        calls.incrementAndGet();
        Case found = routes.get("/"
                + String.valueOf(environ.get("PATH_INFO"))
                        .replaceFirst("^/+", "")
                        .split("/", 2)[0]);
        if (found == null) {
            startResponse.start("404 Not Found", List.of(new Header("Content-Type", "text/plain")));
            return Body.of(Script.bytes("no such case"));
        }
        return found.answer(new Request(environ, startResponse));
    }
}
