package dev.pausa.conformance;

import static dev.pausa.conformance.Script.bytes;
import static dev.pausa.conformance.Script.chunk;
import static dev.pausa.conformance.Script.nothing;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.CallLater;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Input;
import dev.pausa.wsgi.InputHandler;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The checklist of PEP 3333: what an application finds in environ (W02 to W18, W49, W52). */
final class Environs {
    private static final Map<String, CountDownLatch> MET = new ConcurrentHashMap<>();

    private Environs() {}

    static void mount(Map<String, Cases.Case> routes) {
        routes.put("/environ", Environs::environ);
        routes.put("/spoil", Environs::spoil);
        routes.put("/seen", Environs::seen);
        routes.put("/extensions", Environs::extensions);
        routes.put("/meet", Environs::meet);
        routes.put("/multithread", request -> {
            request.ok();
            return Body.of(bytes(Json.text(request.environ().get("wsgi.multithread"))));
        });
        routes.put("/met", request -> {
            latch(request).countDown();
            request.ok();
            return Body.of(bytes("met"));
        });
    }

    /** The environ as JSON: strings as they are, of other values the type's name. */
    private static Body environ(Request request) throws Exception {
        Map<String, Object> values = new TreeMap<>();
        request.environ().forEach((key, value) -> values.put(key, value instanceof String ? value : type(value)));
        boolean latin1 = values.values().stream()
                .allMatch(value -> String.valueOf(value).chars().allMatch(c -> c <= 0xff));
        Map<String, Object> facts = Map.of(
                "dict",
                request.environ().getClass() == Environ.class,
                "keys",
                true, // the type says so
                "version",
                List.of(1, 0).equals(request.environ().get("wsgi.version")),
                "latin-1",
                latin1);
        request.ok();
        return Body.of(bytes(Json.text(Map.of("values", values, "facts", facts))));
    }

    /** The type under the name that Python has for it, if it has one. */
    private static String type(Object value) {
        return switch (value) {
            case Boolean _ -> "bool";
            case List<?> _ -> "tuple";
            default -> value.getClass().getSimpleName();
        };
    }

    /** Clears environ or changes every value, before or after the first chunk, and answers. */
    private static Body spoil(Request request) throws Exception {
        boolean clear = request.text("how").equals("clear");
        Runnable spoilt = () -> {
            if (clear) {
                request.environ().clear();
            } else {
                request.environ().replaceAll((key, value) -> "spoilt");
            }
        };
        boolean late = request.text("when").equals("late");
        Body body = request.script(
                () -> {
                    request.ok();
                    return chunk("one ");
                },
                () -> {
                    if (late) {
                        spoilt.run();
                    }
                    return chunk("two");
                });
        if (!late) {
            spoilt.run();
        }
        return body;
    }

    private static Body seen(Request request) throws Exception {
        Object left = request.environ().put("conformance.left", "something");
        request.ok();
        return Body.of(bytes(left == null ? "None" : left.toString()));
    }

    private static Body extensions(Request request) throws Exception {
        Recorder recorder = request.recorder();
        InputHandler handlers = RequestBody.onInput(request);
        Input another = new Input() {
            @Override
            public int read(byte[] into, int offset, int length) {
                return -1;
            }

            @Override
            public boolean ready() {
                return true;
            }
        };
        CallLater.Callback never = () -> recorder.note("WRONG");
        Environ replaced = RequestBody.copy(request.environ());
        replaced.put(Environ.INPUT, another);
        recorder.note("replaced environ", armed(handlers.register(replaced, never)));
        recorder.note("replaced input", armed(handlers.register(another, never)));
        var registration = handlers.register(RequestBody.copy(request.environ()), never);
        recorder.note("copied environ", registration != null && registration.cancel());
        request.ok();
        return request.watch(Body.of(bytes("asked")));
    }

    private static @Nullable String armed(InputHandler.@Nullable Registration registration) {
        return registration == null ? null : registration.toString();
    }

    private static CountDownLatch latch(Request request) {
        return MET.computeIfAbsent(Objects.requireNonNull(request.field("id")), id -> new CountDownLatch(1));
    }

    /** Empty chunks until {@code /met} of the same id was called. */
    private static Body meet(Request request) throws Exception {
        CountDownLatch met = latch(request);
        long until = System.nanoTime() + 10_000_000_000L;
        request.ok();
        return request.watch(new Body() {
            private boolean told;

            @Override
            public @Nullable ByteBuffer next() {
                if (told) {
                    return null;
                }
                if (met.getCount() > 0 && System.nanoTime() < until) {
                    return nothing();
                }
                told = true;
                return chunk(met.getCount() == 0 ? "met" : "alone");
            }
        });
    }
}
