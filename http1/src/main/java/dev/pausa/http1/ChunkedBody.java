package dev.pausa.http1;

import java.nio.ByteBuffer;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A body in the chunked coding (RFC 9112, 7.1). Extensions and trailer fields are checked and dropped. */
final class ChunkedBody implements BodyReader {
    /** Fields that frame, route, modify or authenticate a request: never in trailers (RFC 9110, 6.5.1). */
    private static final Set<String> FORBIDDEN = Set.of(
            "authorization",
            "cache-control",
            "connection",
            "content-encoding",
            "content-length",
            "content-range",
            "content-type",
            "cookie",
            "expect",
            "host",
            "max-forwards",
            "proxy-authorization",
            "range",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private enum Part {
        CHUNK_LINE,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILERS
    }

    private final ChunkLine line;
    private final HeadBuffer trailers = new HeadBuffer();
    private final FieldReader fields;
    private Part part = Part.CHUNK_LINE;
    private long remaining;

    ChunkedBody(HeadLimits limits) {
        line = new ChunkLine(limits.chunkExtensions());
        fields = new FieldReader(limits);
    }

    @Override
    public @Nullable Element next(ByteBuffer input) {
        while (input.hasRemaining()) {
            switch (part) {
                case CHUNK_LINE -> chunkLine(input);
                case DATA -> {
                    return data(input);
                }
                case DATA_CR -> expect(input, '\r', Part.DATA_LF);
                case DATA_LF -> expect(input, '\n', Part.CHUNK_LINE);
                case TRAILERS -> {
                    return trailers(input);
                }
            }
        }
        return null;
    }

    private void chunkLine(ByteBuffer input) {
        if (line.read(input)) {
            remaining = line.size();
            part = remaining == 0 ? Part.TRAILERS : Part.DATA;
        }
    }

    private Element.Data data(ByteBuffer input) {
        Element.Data data = BodyReader.data(input, remaining);
        remaining -= data.bytes().remaining();
        if (remaining == 0) {
            part = Part.DATA_CR;
        }
        return data;
    }

    private void expect(ByteBuffer input, char expected, Part then) {
        byte b = input.get();
        if (b != expected) {
            throw Refused.badByte("RFC 9112, 7.1", b, "where a chunk's data should end");
        }
        part = then;
    }

    private @Nullable Element trailers(ByteBuffer input) {
        while (trailers.fill(input)) {
            if (fields.read(trailers)) {
                trailers.giveBack(input);
                check(trailers.release(), fields.release());
                return Element.End.END;
            }
        }
        return null;
    }

    private static void check(byte[] bytes, int[] spans) {
        for (int at = 0; at < spans.length; at += RequestHead.SPAN) {
            for (String name : FORBIDDEN) {
                if (Tokens.equalsIgnoreCase(bytes, spans[at], spans[at + 1], name)) {
                    throw Refused.bad("RFC 9110, 6.5.1", "the trailer field " + name);
                }
            }
        }
    }
}
