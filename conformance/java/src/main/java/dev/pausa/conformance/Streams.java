package dev.pausa.conformance;

import static dev.pausa.conformance.RequestBody.input;
import static dev.pausa.conformance.Script.bytes;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Environ;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The checklist of PEP 3333: wsgi.input, as the {@link InputStream} that it can be had as, and wsgi.errors (W16 to W24). */
final class Streams {
    private Streams() {}

    static void mount(Map<String, Cases.Case> routes) {
        routes.put("/input", Streams::operations);
        routes.put("/input-cut", Streams::cut);
        routes.put("/input-closed", Streams::closed);
        routes.put("/late-read", Streams::lateRead);
        routes.put("/pieces", Streams::pieces);
        routes.put("/errors", Streams::errors);
        routes.put("/unread", request -> {
            request.ok();
            return Body.of(bytes("not read"));
        });
    }

    private static InputStream stream(Request request) {
        return input(request.environ()).stream();
    }

    /** Performs {@code ?do=}: {@code read:5,readline,readlines}, as Python's streams do. */
    private static Body operations(Request request) throws Exception {
        InputStream stream = stream(request);
        List<Object> results = new ArrayList<>();
        for (String operation : request.decoded("do").split(",", -1)) {
            String[] parts = operation.split(":", 2);
            results.add(perform(stream, parts[0], parts.length > 1 ? Integer.parseInt(parts[1]) : -1));
        }
        request.ok();
        return Body.of(bytes(Json.text(results)));
    }

    private static Object perform(InputStream stream, String name, int size) throws IOException {
        return switch (name) {
            case "read" -> text(size < 0 ? stream.readAllBytes() : stream.readNBytes(size));
            case "readline" -> line(stream, size);
            case "readlines", "iter" -> lines(stream, size);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static List<String> lines(InputStream stream, int hint) throws IOException {
        List<String> lines = new ArrayList<>();
        int size = 0;
        for (String line = line(stream, -1); !line.isEmpty(); line = line(stream, -1)) {
            lines.add(line);
            size += line.length();
            if (hint > 0 && size >= hint) {
                break;
            }
        }
        return lines;
    }

    /** One line with its newline, byte by byte. */
    private static String line(InputStream stream, int limit) throws IOException {
        var line = new ByteArrayOutputStream();
        while (limit < 0 || line.size() < limit) {
            int next = stream.read();
            if (next >= 0) {
                line.write(next);
            }
            if (next < 0 || next == '\n') {
                break;
            }
        }
        return text(line.toByteArray());
    }

    private static String text(byte[] given) {
        return new String(given, StandardCharsets.ISO_8859_1);
    }

    /** Reads everything; notes what was raised. */
    private static Body cut(Request request) throws Exception {
        Recorder recorder = request.recorder();
        recorder.note("reading");
        try {
            recorder.note("read", perform(stream(request), request.text("call"), -1));
        } catch (IOException failure) {
            recorder.note("raised", failure.getClass().getSimpleName());
        } catch (RuntimeException failure) {
            recorder.note("wrong", failure.toString());
        }
        request.ok();
        return request.watch(Body.of(bytes("late")));
    }

    private static Body closed(Request request) throws Exception {
        InputStream stream = stream(request);
        stream.readNBytes(2);
        stream.close();
        request.ok();
        return Body.of(bytes("closed"));
    }

    private static Body lateRead(Request request) throws Exception {
        request.ok();
        return request.script(
                () -> Script.chunk("sent "),
                () -> ByteBuffer.wrap(stream(request).readNBytes(2)),
                () -> ByteBuffer.wrap(stream(request).readAllBytes()));
    }

    private static Body pieces(Request request) throws Exception {
        InputStream stream = stream(request);
        var body = new ByteArrayOutputStream();
        for (int next = stream.read(); next >= 0; next = stream.read()) {
            body.write(next);
        }
        request.ok();
        return Body.of(body.toByteArray());
    }

    /** Writes to wsgi.errors in each way, {@code ?text=} between; {@code ?close=} closes it. */
    private static Body errors(Request request) throws Exception {
        PrintStream stream = Objects.requireNonNull(request.environ().get(Environ.ERRORS));
        if (request.has("close")) {
            stream.close();
        } else {
            String text = request.decoded("text");
            stream.print("written " + text + "\n");
            stream.append("lines ").append(text).println(" more");
            stream.println("\ud800 \u0000 \ud83d\ude00");
            stream.flush();
        }
        request.recorder().note("trouble", stream.checkError());
        request.ok();
        return Body.of(bytes("written"));
    }
}
