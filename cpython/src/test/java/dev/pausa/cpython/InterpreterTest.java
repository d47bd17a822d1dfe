package dev.pausa.cpython;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Interpreters, threads and values: the rules of the design's section 5. */
class InterpreterTest {
    @Test
    void valuesGoBothWays() {
        for (Object value :
                Arrays.asList(null, true, 42L, -1.5, "caf\u00e9", "\ud83d\ude00", "\ud800", List.of(1L, "a"))) {
            assertEquals(value, Python.MAIN.call("copy", "copy", value));
        }
        assertEquals("3.14", Python.MAIN.version().substring(0, 4));
        Object dict = Python.MAIN.call("builtins", "dict", Map.of("key", 1L));
        assertEquals(1L, Python.MAIN.call("operator", "getitem", dict, "key"));
    }

    @Test
    void callbacksRunInJavaAndTheirExceptionsInPython() {
        Callback twice = arguments -> 2 * (Long) java.util.Objects.requireNonNull(arguments[0]);
        assertEquals(
                List.of(2L, 4L),
                Python.MAIN.call("builtins", "list", Python.MAIN.call("builtins", "map", twice, List.of(1, 2))));
        Callback broken = arguments -> {
            throw new java.io.IOException("no disk");
        };
        var thrown = assertThrows(PythonException.class, () -> Python.MAIN.call("operator", "call", broken));
        assertEquals("RuntimeError: java.io.IOException: no disk", thrown.getMessage());
    }

    @Test
    void rule5ThreadStateLivesAsLongAsTheThread() throws Exception {
        var define = Python.define(Python.MAIN, """
                import threading
                local = threading.local()
                def app():
                    local.count = getattr(local, 'count', 0) + 1
                    return local.count
                """, "app");
        var counts = Python.onWorker(Python.MAIN, () -> {
            var seen = new ArrayList<@org.jspecify.annotations.Nullable Object>();
            for (int i = 0; i < 2; i++) {
                seen.add(Python.MAIN.threads().attached(() -> {
                    long count = Python.MAIN.values().call(define.address());
                    return Python.MAIN.values().toJava(count);
                }));
                Python.MAIN.threads().idle();
                Python.MAIN.threads().busy();
            }
            seen.add(Python.MAIN.call("operator", "call", define));
            return seen;
        });
        assertEquals(List.of(1L, 2L, 1L), counts, "the third call runs on the main thread");
    }

    @Test
    void rule5DeepRecursionIsAnErrorAndNoCrash() throws Exception {
        var application = Python.application(Python.MAIN, """
                import json
                def app(environ, start_response):
                    def nest(n):
                        return list(map(nest, [n + 1]))
                    for deep in lambda: nest(0), lambda: json.loads('[' * 10 ** 6):
                        try:
                            deep()
                        except RecursionError:
                            pass
                    start_response('200 OK', [])
                    return [b'alive']
                """);
        assertEquals(
                "alive",
                Python.serve(Python.MAIN, application, Python.environ("")).body());
    }

    @Test
    void rule6WaitingReadsLetOthersRun() throws Exception {
        var reading = new CountDownLatch(1);
        var served = new CountDownLatch(1);
        var environ = Python.environ("");
        environ.put(dev.pausa.wsgi.Environ.INPUT, new dev.pausa.wsgi.Input() {
            @Override
            public int read(byte[] into, int offset, int length) throws java.io.IOException {
                reading.countDown();
                try {
                    served.await();
                } catch (InterruptedException interrupted) {
                    throw new java.io.IOException(interrupted);
                }
                return -1;
            }

            @Override
            public boolean ready() {
                return false;
            }
        });
        var reader = Python.application(Python.MAIN, """
                def app(environ, start_response):
                    start_response('200 OK', [])
                    return [environ['wsgi.input'].read(), b'read']
                """);
        var other = Python.application(Python.MAIN, """
                def app(environ, start_response):
                    start_response('200 OK', [])
                    return [b'meanwhile']
                """);
        var result = new ArrayList<String>();
        var thread = Thread.ofPlatform().start(() -> {
            try {
                result.add(Python.serve(Python.MAIN, reader, environ).body());
            } catch (Exception failed) {
                result.add(failed.toString());
            }
        });
        reading.await();
        assertEquals(
                "meanwhile",
                Python.serve(Python.MAIN, other, Python.environ("")).body());
        served.countDown();
        thread.join();
        assertEquals(List.of("read"), result);
    }

    @Test
    void faulthandlerIsEnabledAndJavasNullChecksLive() {
        assertEquals(true, Python.MAIN.call("faulthandler", "is_enabled"));
        Python.MAIN.call("faulthandler", "enable");
        int caught = 0;
        for (int i = 0; i < 200_000; i++) {
            try {
                caught += lengthOf(i % 1000 == 0 ? null : "x") - 1;
            } catch (NullPointerException expected) {
                caught++;
            }
        }
        assertEquals(200, caught);
    }

    @SuppressWarnings("NullAway")
    private static int lengthOf(@org.jspecify.annotations.Nullable String text) {
        return text.length();
    }

    @Test
    void twoInterpretersAnswerInOneProcess() throws Exception {
        Interpreter second = Python.MAIN.isolated();
        String source = """
                import sys
                count = 0
                def app(environ, start_response):
                    global count
                    count += 1
                    sys.setrecursionlimit(sys.getrecursionlimit() + 1)
                    start_response('200 OK', [('X-Limit', str(sys.getrecursionlimit()))])
                    return [str(count).encode(), type(environ['wsgi.input']).__name__.encode()]
                """;
        var inMain = Python.application(Python.MAIN, source);
        var inSecond = Python.application(second, source);
        for (int i = 1; i <= 3; i++) {
            assertEquals(
                    i + "Input",
                    Python.serve(Python.MAIN, inMain, Python.environ("")).body());
            assertEquals(
                    i + "Input",
                    Python.serve(second, inSecond, Python.environ("")).body());
        }
        Object before = Python.MAIN.call("sys", "getrecursionlimit");
        second.call("sys", "setrecursionlimit", 4321L);
        assertEquals(before, Python.MAIN.call("sys", "getrecursionlimit"), "each has a state of its own");
        assertThrows(PythonException.class, () -> second.call("importlib", "import_module", "readline_of_nobody"));
        second.close();
        assertEquals(
                "4Input", Python.serve(Python.MAIN, inMain, Python.environ("")).body());
    }

    @Test
    void wrongTargetsAreNamed() {
        for (String target : List.of(
                "no_such_module:app", "os:nothing", "os:path", "os:getcwd()", "os:1+1", "not-a-name", "gone.py")) {
            var thrown = assertThrows(PythonException.class, () -> Python.MAIN.call("pausa._bridge", "load", target));
            assertEquals("pausa._bridge.LoadError", thrown.type());
        }
        assertThrows(PythonException.class, () -> Python.MAIN.application("os:nothing", Map.of()));
    }
}
