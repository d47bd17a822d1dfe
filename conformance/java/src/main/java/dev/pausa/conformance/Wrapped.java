package dev.pausa.conformance;

import static dev.pausa.conformance.Script.bytes;
import static dev.pausa.conformance.Script.chunk;

import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.FileWrapper;
import dev.pausa.wsgi.Header;
import dev.pausa.wsgi.Middleware;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The checklist of PEP 3333: wsgi.file_wrapper and middleware (W50, W51). */
final class Wrapped {
    private static final byte[] CONTENT = new byte[256 * 1024];

    static {
        for (int i = 0; i < CONTENT.length; i++) {
            CONTENT[i] = (byte) i;
        }
    }

    private Wrapped() {}

    static void mount(Map<String, Cases.Case> routes) {
        routes.put("/file-wrapper", Wrapped::fileWrapper);
        routes.put("/stacked", Wrapped::stacked);
    }

    /** A file from its 10th byte on; {@code ?like=} what, {@code ?length=} Content-Length, {@code ?by=} whom it is read. */
    private static Body fileWrapper(Request request) throws Exception {
        Body wrapped = request.text("like").equals("real")
                ? new FileWrapper(real().position(10), 65536)
                : new FileWrapper(noted(request.recorder()), 1000);
        List<Header> headers = new ArrayList<>(List.of(new Header("Content-Type", "application/octet-stream")));
        if (request.has("length")) {
            headers.add(new Header("Content-Length", request.text("length")));
        }
        request.startResponse().start("200 OK", headers);
        return switch (request.text("by")) {
            case "dropped" -> request.watch(Body.of(bytes("something else")));
            case "iterated" -> request.watch(wrapped);
            default -> wrapped;
        };
    }

    private static FileChannel real() throws IOException {
        Path file = Files.createTempFile("conformance", ".bin");
        Files.write(file, CONTENT);
        FileChannel channel = FileChannel.open(file);
        Files.delete(file);
        return channel;
    }

    private static InputStream noted(Recorder recorder) {
        return new ByteArrayInputStream(CONTENT, 10, CONTENT.length - 10) {
            @Override
            public int read(byte[] into) throws IOException {
                recorder.note("read", into.length);
                return super.read(into);
            }

            @Override
            public void close() {
                recorder.note("closed");
            }
        };
    }

    /** The middleware {@code ?by=} around four chunks; notes how often the inner body was stepped in each outer step. */
    private static Body stacked(Request request) throws Exception {
        Recorder recorder = request.recorder();
        Application inner = (environ, startResponse) -> {
            new Request(environ, startResponse).ok();
            return request.script(Script::nothing, () -> chunk("one "), Script::nothing, () -> chunk("two"));
        };
        Body outer = upper().wrap(inner).call(request.environ(), request.startResponse());
        return new Body() {
            @Override
            public @Nullable ByteBuffer next() throws Exception {
                ByteBuffer chunk = outer.next();
                recorder.note("outer", recorder.count("step"));
                return chunk;
            }

            @Override
            public void close() throws Exception {
                outer.close();
            }
        };
    }

    /** Middleware that changes each chunk and adds a header. */
    private static Middleware upper() {
        return inner -> (environ, startResponse) -> {
            Body body = inner.call(environ, (status, headers, failure) -> {
                var more = new ArrayList<>(headers);
                more.add(new Header("X-Upper", "yes"));
                return startResponse.start(status, more, failure);
            });
            return new Body() {
                @Override
                public @Nullable ByteBuffer next() throws Exception {
                    ByteBuffer chunk = body.next();
                    return chunk == null
                            ? null
                            : chunk(StandardCharsets.US_ASCII
                                    .decode(chunk)
                                    .toString()
                                    .toUpperCase(Locale.ROOT));
                }

                @Override
                public void close() throws Exception {
                    body.close();
                }
            };
        };
    }
}
