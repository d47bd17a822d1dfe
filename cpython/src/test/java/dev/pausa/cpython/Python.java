package dev.pausa.cpython;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.CallLater;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Header;
import dev.pausa.wsgi.Input;
import dev.pausa.wsgi.Name;
import dev.pausa.wsgi.PauseOutput;
import dev.pausa.wsgi.Variables;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** The CPython of the tests: one main interpreter for the JVM, and a worker's thread for what must run on one. */
final class Python {
    private static final Path HOME =
            Path.of("target/python/org/bytedeco/cpython/linux-x86_64").toAbsolutePath();

    static final Interpreter MAIN =
            Interpreter.load(HOME.resolve("libpython3.14.so.1.0"), HOME.resolve("bin/python3.14"));

    private Python() {}

    /** Defines {@code app} and what it needs by Python source, in a module of its own. */
    static PythonApplication application(Interpreter interpreter, String source) {
        return new PythonApplication(
                interpreter, define(interpreter, source, "app"), Map.of("SERVER_SOFTWARE", "test"));
    }

    /** Runs source and returns one of the names that it defines. */
    static PythonObject define(Interpreter interpreter, String source, String name) {
        var code = interpreter.call("builtins", "compile", source, "<test>", "exec");
        var globals = interpreter.call("types", "ModuleType", "tested");
        var namespace = interpreter.call("builtins", "vars", globals);
        interpreter.call("builtins", "exec", code, namespace);
        return (PythonObject) Objects.requireNonNull(interpreter.call("operator", "getitem", namespace, name));
    }

    /** Runs {@code work} on a new thread that is attached as a worker's. */
    static <T extends @Nullable Object> T onWorker(Interpreter interpreter, Callable<T> work) throws Exception {
        var task = new FutureTask<T>(() -> {
            interpreter.threads().begin();
            try {
                return work.call();
            } finally {
                interpreter.threads().end();
            }
        });
        var thread = new Thread(null, task, "worker", OwnThread.STACK_SIZE);
        thread.start();
        try {
            return task.get();
        } catch (java.util.concurrent.ExecutionException failed) {
            if (failed.getCause() instanceof Exception known) {
                throw known;
            }
            throw new AssertionError(failed.getCause());
        }
    }

    /** What a request came to. */
    record Response(@Nullable String status, List<Header> headers, String body) {}

    /** Serves one request as a server would that has no client. */
    static Response serve(Interpreter interpreter, PythonApplication application, Environ environ) throws Exception {
        return onWorker(interpreter, () -> {
            var status = new ArrayList<String>();
            var headers = new ArrayList<Header>();
            var out = new ByteArrayOutputStream();
            Body body = application.call(environ, (text, fields, failure) -> {
                if (failure != null && out.size() > 0) {
                    throw (Exception) failure;
                }
                status.clear();
                status.add(text);
                headers.clear();
                headers.addAll(fields);
                return data -> drain(data, out);
            });
            try (body) {
                for (ByteBuffer chunk = body.next(); chunk != null; chunk = body.next()) {
                    drain(chunk, out);
                }
            }
            return new Response(
                    status.isEmpty() ? null : status.getFirst(), headers, out.toString(StandardCharsets.ISO_8859_1));
        });
    }

    private static void drain(ByteBuffer from, ByteArrayOutputStream to) {
        var bytes = new byte[from.remaining()];
        from.get(bytes);
        to.writeBytes(bytes);
    }

    /** The environ of {@code GET /} with these input bytes. */
    static Environ environ(String input) {
        var variables = new Variables();
        byte[] line = "GET/caf\u00e9".getBytes(StandardCharsets.ISO_8859_1);
        variables.add(Name.of("REQUEST_METHOD"), line, 0, 3);
        variables.add(Name.of("PATH_INFO"), line, 3, 5);
        variables.add(Name.of("QUERY_STRING"), new byte[0]);
        variables.add(Name.of("HTTP_X_ODD"), line, 4, 3);
        variables.add(Name.of("wsgi.url_scheme"), "http".getBytes(StandardCharsets.ISO_8859_1));
        var environ = new Environ(variables);
        var stream = new java.io.ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1));
        environ.put(Environ.INPUT, new Input() {
            @Override
            public int read(byte[] into, int offset, int length) {
                return stream.read(into, offset, Math.min(length, 3)); // little by little
            }

            @Override
            public boolean ready() {
                return false;
            }
        });
        return environ;
    }

    static void services(Environ environ, PauseOutput pause, CallLater later, CloseReason.Query query) {
        environ.put(Environ.PAUSE_OUTPUT, pause);
        environ.put(Environ.CALL_LATER, later);
        environ.put(Environ.CLOSE_REASON, query);
    }
}
