package dev.pausa.cpython;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Environ;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The functions of a request serve the next one as well, unless somebody still holds one of them (P30). */
class CellTest {
    private static final String SOURCE = """
            import weakref
            kept = []
            def app(environ, start_response):
                write = start_response("200 OK", [])
                functions = [start_response, write, environ["wsgi.pause_output"], environ["pausa.close_reason"]]
                answer = [str([kept.index(f) for f in functions if f in kept]), str(len(set(map(id, functions))))]
                seen.append(tuple(map(id, functions)))
                keep(start_response)
                return [" ".join(answer).encode()]
            seen = []
            """;

    private static PythonObject serve(String what, int times) throws Exception {
        PythonObject app = Python.define(Python.MAIN, SOURCE + "def keep(start_response): " + what, "app");
        var application = new PythonApplication(Python.MAIN, app, Map.of());
        for (int i = 0; i < times; i++) {
            var environ = Python.environ("");
            environ.put(Environ.PAUSE_OUTPUT, () -> {
                throw new AssertionError("nobody pauses");
            });
            environ.put(Environ.CLOSE_REASON, () -> CloseReason.END);
            assertEquals("[] 4", Python.serve(Python.MAIN, application, environ).body());
        }
        return app;
    }

    private static @Nullable Object seen(PythonObject app, String expression) {
        Object globals = Python.MAIN.call("operator", "attrgetter", "__globals__");
        globals = Python.MAIN.call("operator", "call", globals, app);
        return Python.MAIN.call("builtins", "eval", expression, globals);
    }

    @Test
    void theyAreUsedAgain() throws Exception {
        assertEquals(1L, seen(serve("pass", 3), "len(set(seen))"));
    }

    @Test
    void oneThatIsKeptStaysTheOldRequests() throws Exception {
        var app = serve("kept.append(start_response)", 3);
        assertEquals(3L, seen(app, "len(set(map(id, kept)))"));
        assertEquals("end,end,end", seen(app, "','.join(f.__self__[0] for f in kept)"));
    }

    @Test
    void aWeakReferenceDiesWithItsRequest() throws Exception {
        var app = serve("kept.append(weakref.ref(start_response))", 3);
        assertEquals("[None, None, None]", seen(app, "str([f() for f in kept])"));
    }

    @Test
    void theListKeepsThemFromBeingUsedToo() throws Exception {
        var app = serve("kept.append(start_response.__self__)", 2);
        assertEquals(2L, seen(app, "len(set(map(id, kept)))"));
    }
}
