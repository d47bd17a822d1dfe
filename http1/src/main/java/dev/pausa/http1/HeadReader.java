package dev.pausa.http1;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads heads, one after the other: an optional empty line, the request line, the field lines, the empty line. */
final class HeadReader {
    private static final byte TLS_HANDSHAKE = 0x16;

    /** Where the reader is before the first byte of a request line. */
    private enum Start {
        CLEAN,
        AFTER_CR,
        AFTER_EMPTY_LINE,
        BEGUN
    }

    private final HeadLimits limits;
    private final HeadBuffer buffer = new HeadBuffer();
    private final RequestLineReader lineReader;
    private final FieldReader fields;
    private Start start = Start.CLEAN;
    private @Nullable RequestLine line;

    HeadReader(HeadLimits limits) {
        this.limits = limits;
        lineReader = new RequestLineReader(limits);
        fields = new FieldReader(limits);
    }

    /** As {@link RequestReader#next}; raises {@link Refused}. */
    @Nullable
    RequestHead next(ByteBuffer input) {
        if (start != Start.BEGUN && !begin(input)) {
            return null;
        }
        while (buffer.fill(input)) {
            RequestHead head = read(input);
            if (head != null) {
                return head;
            }
        }
        return null;
    }

    /** Whether a byte of a request line was taken. */
    boolean begun() {
        return start == Start.BEGUN;
    }

    /** The reader of the body that follows {@code head}. */
    BodyReader body(RequestHead head) {
        return switch (head.framing()) {
            case RequestHead.Framing.None _ -> new LengthBody(0);
            case RequestHead.Framing.Length length -> new LengthBody(length.bytes());
            case RequestHead.Framing.Chunked _ -> new ChunkedBody(limits);
        };
    }

    private @Nullable RequestHead read(ByteBuffer input) {
        if (line == null) {
            line = lineReader.read(buffer);
            if (line == null) {
                return null;
            }
        }
        if (!fields.read(buffer)) {
            return null;
        }
        buffer.giveBack(input);
        byte[] bytes = buffer.release();
        int[] spans = fields.release();
        RequestHead head = new RequestHead(bytes, line, spans, new HeadRules(bytes, line, spans).judge());
        line = null;
        start = Start.CLEAN;
        return head;
    }

    /**
     * "A server that is expecting to receive and parse a request-line SHOULD ignore at least one empty line (CRLF)
     * received prior to the request-line" (RFC 9112, 2.2): one is ignored.
     *
     * @return whether a request line begins at the position of {@code input}
     */
    private boolean begin(ByteBuffer input) {
        while (input.hasRemaining()) {
            byte b = input.get(input.position());
            if (start == Start.AFTER_CR) {
                if (b != '\n') {
                    throw Refused.bad("RFC 9112, 2.2", "a bare carriage return before the request line");
                }
                start = Start.AFTER_EMPTY_LINE;
            } else if (b == '\r' && start == Start.CLEAN) {
                start = Start.AFTER_CR;
            } else if (b == TLS_HANDSHAKE && start == Start.CLEAN) {
                throw Refused.bad("RFC 9112, 3", "a TLS handshake on a port that speaks plain HTTP");
            } else {
                start = Start.BEGUN;
                return true;
            }
            input.position(input.position() + 1);
        }
        return false;
    }
}
