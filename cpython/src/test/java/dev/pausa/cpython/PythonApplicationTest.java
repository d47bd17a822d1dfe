package dev.pausa.cpython;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.wsgi.ApplicationError;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Header;
import java.util.List;
import org.junit.jupiter.api.Test;

/** PEP 3333 between Java and Python, in the order of the PEP. */
class PythonApplicationTest {
    private static Python.Response serve(String source) throws Exception {
        return serve(source, Python.environ(""));
    }

    private static Python.Response serve(String source, Environ environ) throws Exception {
        return Python.serve(Python.MAIN, Python.application(Python.MAIN, source), environ);
    }

    @Test
    void listOfBytes() throws Exception {
        var response = serve("""
                def app(environ, start_response):
                    start_response('200 OK', [('Content-Type', 'text/plain'), ('X', 'caf\\xe9')])
                    return [b'Hello, ', b'world!\\n']
                """);
        assertEquals("200 OK", response.status());
        assertEquals(
                List.of(new Header("Content-Type", "text/plain"), new Header("X", "caf\u00e9")), response.headers());
        assertEquals("Hello, world!\n", response.body());
    }

    @Test
    void environIsABuiltinDictOfNativeStrings() throws Exception {
        var response = serve("""
                def app(environ, start_response):
                    assert type(environ) is dict
                    assert environ['REQUEST_METHOD'] == 'GET' and environ['PATH_INFO'] == '/caf\\xe9'
                    assert environ['QUERY_STRING'] == '' and environ['SCRIPT_NAME'] == ''
                    assert environ['HTTP_X_ODD'] == 'caf' and environ['SERVER_SOFTWARE'] == 'test'
                    assert environ['wsgi.version'] == (1, 0) and environ['wsgi.multithread'] is True
                    assert environ['wsgi.url_scheme'] == 'http' and environ['wsgi.run_once'] is False
                    assert all(type(k) is str for k in environ)
                    assert 'wsgi.pause_output' not in environ
                    environ.clear()
                    start_response('200 OK', [])
                    return (b'ok',)
                """);
        assertEquals("ok", response.body());
    }

    @Test
    void middlewareInJavaChangesWhatPythonSees() throws Exception {
        Environ environ = Python.environ("");
        environ.put("REMOTE_USER", "ada");
        environ.remove("HTTP_X_ODD");
        var response = serve("""
                def app(environ, start_response):
                    start_response('200 OK', [])
                    return [environ['REMOTE_USER'].encode(), b'HTTP_X_ODD' if 'HTTP_X_ODD' in environ else b'']
                """, environ);
        assertEquals("ada", response.body());
    }

    @Test
    void inputHasTheMethodsOfAFile() throws Exception {
        var response = serve("""
                def app(environ, start_response):
                    f = environ['wsgi.input']
                    got = [f.read(2), f.readline(3), f.readline(), f.read1(2), next(f), f.readlines(), f.read(), f.readline(), f.read(5)]
                    start_response('200 OK', [])
                    return [repr(got).encode()]
                """, Python.environ("abcdefg\nhi\njk\nlmn"));
        assertEquals("[b'ab', b'cde', b'fg\\n', b'hi', b'\\n', [b'jk\\n', b'lmn'], b'', b'', b'']", response.body());
    }

    @Test
    void writeComesBeforeTheIterable() throws Exception {
        var response = serve("""
                def app(environ, start_response):
                    write = start_response('200 OK', [])
                    write(b'one ')
                    return iter([b'two'])
                """);
        assertEquals("one two", response.body());
    }

    @Test
    void excInfoReplacesOrIsRaisedAgain() throws Exception {
        String source = """
                import sys
                def app(environ, start_response):
                    write = start_response('200 OK', [])
                    %s
                    try:
                        raise KeyError('lost')
                    except KeyError:
                        try:
                            start_response('500 Sorry', [], exc_info=sys.exc_info())
                        except KeyError as again:
                            assert again.__traceback__.tb_next is not None
                            return [b'raised again']
                    return [b'replaced']
                """;
        assertEquals("500 Sorry", serve(source.formatted("pass")).status());
        assertEquals("xraised again", serve(source.formatted("write(b'x')")).body());
    }

    @Test
    void typesOfStartResponseAreChecked() {
        for (String call : List.of("b'200 OK', []", "'200 OK', ()", "'200 OK', [['a', 'b']]", "'200 OK', [('a', 1)]")) {
            var thrown = assertThrows(PythonException.class, () -> serve("""
                    def app(environ, start_response):
                        start_response(%s)
                    """.formatted(call)));
            assertTrue(
                    String.valueOf(thrown.getMessage()).startsWith("pausa._bridge.ContractError: "),
                    thrown.getMessage());
            assertTrue(String.valueOf(thrown.getMessage()).contains("must be"), thrown.getMessage());
        }
        var thrown = assertThrows(PythonException.class, () -> serve("def app(e, start_response): start_response(1)"));
        assertEquals("TypeError: start_response() takes 2 to 3 arguments, not 1", thrown.getMessage());
    }

    @Test
    void exceptionsComeWithTheTracebackOfTheApplication() {
        var thrown = assertThrows(PythonException.class, () -> serve("""
                def helper():
                    raise ValueError('boom \\U0001f600')
                def app(environ, start_response):
                    helper()
                """));
        assertEquals("ValueError: boom \ud83d\ude00", thrown.getMessage());
        assertTrue(thrown.traceback()
                .startsWith("Traceback (most recent call last):\n  File \"<test>\", line 4, in app\n"));
        assertThrows(PythonException.class, () -> serve("def app(e, s): raise SystemExit(1)"));
        assertThrows(PythonException.class, () -> serve("def app(e, s): raise KeyboardInterrupt"));
    }

    @Test
    void chunksMustBeBytes() {
        var thrown = assertThrows(ApplicationError.class, () -> serve("""
                def app(environ, start_response):
                    start_response('200 OK', [])
                    return ['text']
                """));
        assertEquals("a chunk of the body must be bytes, not str", thrown.getMessage());
    }

    @Test
    void generatorIsClosed() throws Exception {
        Python.MAIN.call("builtins", "setattr", Python.MAIN.call("importlib", "import_module", "sys"), "closed", "no");
        var application = Python.application(Python.MAIN, """
                import sys
                def app(environ, start_response):
                    start_response('200 OK', [])
                    try:
                        yield b'1'
                        yield b'2'
                    finally:
                        sys.closed = 'yes'
                """);
        Python.onWorker(Python.MAIN, () -> {
            var body = application.call(Python.environ(""), (status, headers, failure) -> data -> {});
            body.next();
            body.close();
            return null;
        });
        Object sys = Python.MAIN.call("importlib", "import_module", "sys");
        assertEquals("yes", Python.MAIN.call("builtins", "getattr", sys, "closed"));
    }

    @Test
    void fileWrapperReadsBlocks() throws Exception {
        var response = serve("""
                import io
                def app(environ, start_response):
                    start_response('200 OK', [])
                    return environ['wsgi.file_wrapper'](io.BytesIO(b'0123456789'), 4)
                """);
        assertEquals("0123456789", response.body());
    }
}
