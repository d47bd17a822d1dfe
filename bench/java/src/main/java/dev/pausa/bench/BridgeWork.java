package dev.pausa.bench;

import dev.pausa.cpython.Interpreter;
import dev.pausa.cpython.PythonApplication;
import dev.pausa.http1.RequestHead;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Input;
import dev.pausa.wsgi.Name;
import dev.pausa.wsgi.Resume;
import dev.pausa.wsgi.StartResponse;
import dev.pausa.wsgi.Variables;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Calls of applications in Python (bench/bridged.py), without a server around them. */
final class BridgeWork implements AutoCloseable {
    /** Chunks of one call of {@link #chunks()}, and pauses of one of {@link #pauses()}. */
    static final int STEPS = 100;

    /** The bundled CPython as the tests of the module cpython have unpacked it, seen from this module's folder. */
    private static final Path HOME = Path.of(System.getProperty("pausa.root", "../.."))
            .resolve("cpython/target/python/org/bytedeco/cpython/linux-x86_64")
            .toAbsolutePath()
            .normalize();

    private static final StartResponse START = (status, headers, failure) -> data -> {};

    private final Interpreter interpreter;
    private final RequestHead head = new ParserWork().read();
    private final Name[] names = new Name[head.fields()];
    private final PythonApplication hello;
    private final PythonApplication chunks;
    private final PythonApplication pauses;

    /** Starts Python, once in a JVM, and attaches the calling thread, to which this object belongs from now on. */
    BridgeWork() {
        interpreter = Interpreter.load(HOME.resolve("libpython3.14.so.1.0"), HOME.resolve("bin/python3.14"));
        String root = System.getProperty("pausa.root", "../..");
        interpreter.call(
                "site", "addsitedir", Path.of(root).toAbsolutePath().normalize().toString());
        hello = interpreter.application("bench.bridged:hello", Map.of());
        chunks = interpreter.application("bench.bridged:chunks", Map.of());
        pauses = interpreter.application("bench.bridged:pauses", Map.of());
        for (int i = 0; i < names.length; i++) {
            String field = text(head.nameOffset(i), head.nameLength(i));
            names[i] = Name.of("HTTP_" + field.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
        interpreter.threads().begin();
    }

    /** environ, start_response and one chunk. Returns the bytes that came out, as the others do. */
    int hello() throws Exception {
        return serve(hello);
    }

    /** As {@link #hello()}, with {@link #STEPS} chunks of a generator. */
    int chunks() throws Exception {
        return serve(chunks);
    }

    /** As {@link #hello()}, from a generator that first pauses and resumes {@link #STEPS} times. */
    int pauses() throws Exception {
        return serve(pauses);
    }

    private int serve(PythonApplication application) throws Exception {
        int written = 0;
        try (Body body = application.call(environ(), START)) {
            for (ByteBuffer chunk = body.next(); chunk != null; chunk = body.next()) {
                written += chunk.remaining();
            }
        }
        return written;
    }

    private Environ environ() {
        var variables = new Variables();
        byte[] bytes = head.bytes();
        variables.add(Names.METHOD, bytes, 0, 3);
        variables.add(Names.PATH, bytes, head.targetOffset(), 17);
        variables.add(Names.QUERY, bytes, head.targetOffset() + 18, head.targetLength() - 18);
        for (int i = 0; i < names.length; i++) {
            variables.add(names[i], bytes, head.valueOffset(i), head.valueLength(i));
        }
        var environ = new Environ(variables);
        environ.put(Environ.INPUT, Input.EMPTY);
        environ.put(Environ.PAUSE_OUTPUT, Paused::new);
        return environ;
    }

    private String text(int offset, int length) {
        return new String(head.bytes(), offset, length, StandardCharsets.ISO_8859_1);
    }

    /** An epoch of nobody. */
    private static final class Paused implements Resume {
        private boolean ended;

        @Override
        public boolean resume() {
            boolean first = !ended;
            ended = true;
            return first;
        }

        @Override
        public boolean pending() {
            return !ended;
        }
    }

    private static final class Names {
        static final Name METHOD = Name.of("REQUEST_METHOD");
        static final Name PATH = Name.of("PATH_INFO");
        static final Name QUERY = Name.of("QUERY_STRING");
    }

    /** Detaches the thread; the interpreter ends with the process. */
    @Override
    public void close() {
        interpreter.threads().end();
    }
}
