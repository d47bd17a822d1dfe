package dev.pausa.cpython;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pausa.wsgi.ApplicationError;
import dev.pausa.wsgi.Environ;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Applications that go to the limits of Python or of PEP 3333, or beyond. */
class OddApplicationTest {
    private static String serve(String source) throws Exception {
        return serve(source, Python.environ(""));
    }

    private static String serve(String source, Environ environ) throws Exception {
        return Python.serve(Python.MAIN, Python.application(Python.MAIN, source), environ)
                .body();
    }

    @Test
    void excInfoAfterTheHeadersNeedsAnException() throws Exception {
        assertEquals("x TypeError TypeError TypeError KeyError", serve("""
                def app(environ, start_response):
                    write = start_response('200 OK', [])
                    write(b'x')
                    for info in (None, None, None), (1, 2, 3), (ValueError, ValueError(), 3), (ValueError, KeyError(), None):
                        try:
                            start_response('500 E', [], info)
                        except Exception as error:
                            write(b' ' + type(error).__name__.encode())
                    return []
                """));
    }

    @Test
    void excInfoByNameCountsAsTheThird() throws Exception {
        assertEquals("TypeError fine", serve("""
                def app(environ, start_response):
                    try:
                        start_response('200 OK', exc_info=None)
                    except TypeError:
                        start_response('200 OK', [], exc_info=None)
                        return [b'TypeError fine']
                """));
    }

    @Test
    void p37AllCodeOfTheApplicationRunsInTheContextOfTheRequest() throws Exception {
        String source = """
                import contextvars
                var = contextvars.ContextVar('var', default='unset')
                seen = []
                class Ends:
                    def __del__(self):
                        seen.append(var.get())
                class Body:
                    def __len__(self):
                        seen.append(var.get())
                        return 2
                    def __getitem__(self, i):
                        pass
                    def __iter__(self):
                        try:
                            yield b'one'
                            yield b'two'
                        finally:
                            seen.append(var.get())
                def app(environ, start_response):
                    var.set('request')
                    environ['ends'] = Ends()
                    start_response('200 OK', [])
                    return Body()
                app.seen = seen
                """;
        var defined = Python.define(Python.MAIN, source, "app");
        var application = new PythonApplication(Python.MAIN, defined, java.util.Map.of());
        Python.onWorker(Python.MAIN, () -> {
            var body = application.call(Python.environ(""), (status, headers, failure) -> data -> {});
            body.next();
            body.close();
            return null;
        });
        // The length, the end of the environ, and of the generator that was left in the middle.
        assertEquals(
                List.of("request", "request", "request"), Python.MAIN.call("builtins", "getattr", defined, "seen"));
    }

    @Test
    void anErrorInTheSearchForCloseIsTold() {
        var thrown = assertThrows(PythonException.class, () -> serve("""
                class Body:
                    __iter__ = lambda self: iter([])
                    close = property(lambda self: 1 // 0)
                def app(environ, start_response):
                    start_response('200 OK', [])
                    return Body()
                """));
        assertEquals("ZeroDivisionError", thrown.type());
    }

    @Test
    void typesWithoutANameAreNamedInMessages() {
        for (String name : List.of("1 // 0", "5")) {
            var thrown = assertThrows(ApplicationError.class, () -> serve("""
                    class Meta(type):
                        __name__ = property(lambda self: %s)
                    class Odd(metaclass=Meta):
                        pass
                    def app(environ, start_response):
                        start_response('200 OK', [])
                        return [Odd()]
                    """.formatted(name)));
            assertEquals("a chunk of the body must be bytes, not object", thrown.getMessage());
        }
    }

    @Test
    void valuesOfJavaWithoutALikeAreLeftOut() throws Exception {
        Environ environ = Python.environ("");
        environ.put("x.decimal", BigDecimal.ONE);
        environ.put("x.list", List.of(BigDecimal.ONE));
        environ.put("x.int", 1);
        assertEquals("['x.int']", serve("""
                def app(environ, start_response):
                    start_response('200 OK', [])
                    return [repr([key for key in environ if key.startswith('x.')]).encode()]
                """, environ));
    }

    @Test
    void numbersBeyond64BitsAreAnError() {
        var thrown = assertThrows(PythonException.class, () -> Python.MAIN.call("operator", "pow", 2, 70));
        assertEquals("OverflowError", thrown.type());
        assertEquals(4L, Python.MAIN.call("operator", "pow", 2, 2), "no exception is left set");
    }
}
