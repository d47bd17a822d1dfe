package dev.pausa.fuzz;

import static dev.pausa.fuzz.Violation.require;

import dev.pausa.http1.Element;
import dev.pausa.http1.HeadLimits;
import dev.pausa.http1.Refusal;
import dev.pausa.http1.RequestHead;
import dev.pausa.http1.RequestReader;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a reader made of a connection's bytes.
 *
 * @param messages those whose head was accepted; the last one may be cut short
 * @param refusal what ended the reading, if anything did
 * @param inRequest as the reader says at the end
 */
record Reading(List<Message> messages, @Nullable Refusal refusal, boolean inRequest) {
    private static final byte[] TAIL = "GET /tail HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /**
     * A request.
     *
     * @param bodyStart how many bytes of the connection came before its body
     * @param body what came of its body
     * @param end how many bytes of the connection came before the next request; -1 if it is cut short
     */
    record Message(RequestHead head, int bodyStart, byte[] body, int end) {
        boolean complete() {
            return end >= 0;
        }

        /** What the head says, in its plainest form on the wire. */
        String plainHead() {
            var plain = new StringBuilder();
            plain.append(head.method()).append(' ').append(head.target());
            plain.append(" HTTP/1.").append(head.minorVersion()).append("\r\n");
            for (int field = 0; field < head.fields(); field++) {
                plain.append(head.name(field)).append(':').append(head.value(field));
                plain.append("\r\n");
            }
            return plain.append("\r\n").toString();
        }

        /** All that the head says. */
        String says() {
            return plainHead()
                    + head.form()
                    + ' '
                    + head.framing()
                    + ' '
                    + head.keepAlive()
                    + ' '
                    + head.expectContinue();
        }
    }

    /** Reads {@code bytes}, which come in {@code pieces}. */
    static Reading of(byte[] bytes, HeadLimits limits, List<ByteBuffer> pieces) {
        var reader = new Reader(limits);
        for (ByteBuffer piece : pieces) {
            if (!reader.take(piece)) {
                break;
            }
        }
        require(reader.refusal != null || reader.offset == bytes.length, "bytes were not taken");
        return reader.done();
    }

    private static final class Reader {
        private final HeadLimits limits;
        private final RequestReader reader;
        private final List<Message> messages = new ArrayList<>();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private @Nullable RequestHead head;
        private @Nullable Refusal refusal;
        private int bodyStart;
        private int last;
        private int offset;

        Reader(HeadLimits limits) {
            this.limits = limits;
            reader = new RequestReader(limits);
        }

        /** False after a refusal. */
        boolean take(ByteBuffer piece) {
            int before = offset - piece.position();
            Element element = reader.next(piece);
            while (element != null) {
                offset = before + piece.position();
                last = offset;
                if (!element(element)) {
                    return false;
                }
                require(reader.inRequest() == (head != null), "inRequest");
                element = reader.next(piece);
            }
            require(!piece.hasRemaining(), "bytes are left, and no element");
            offset = before + piece.position();
            require(offset - last <= held(), "more is held back than the limits allow");
            return true;
        }

        private boolean element(Element element) {
            switch (element) {
                case RequestHead begun -> {
                    require(head == null, "a head inside a body");
                    head = begun;
                    bodyStart = offset;
                }
                case Element.Data(ByteBuffer data) -> {
                    require(head != null && data.hasRemaining(), "data that is none");
                    byte[] copy = new byte[data.remaining()];
                    data.get(copy);
                    body.writeBytes(copy);
                }
                case Element.End _ -> end(offset);
                case Refusal last -> {
                    refusal = last;
                    require(last.equals(reader.next(ByteBuffer.wrap(TAIL))), "something came after a refusal");
                }
            }
            return refusal == null;
        }

        private void end(int at) {
            RequestHead ended = head;
            if (ended == null) {
                throw new Violation("an end without a head");
            }
            messages.add(new Message(ended, bodyStart, body.toByteArray(), at));
            body.reset();
            head = null;
        }

        /** Bytes that may have been taken since the last element: line ends and the digits of a chunk size come on top. */
        private int held() {
            int ends = 8;
            int digits = 16;
            return limits.headSize() + ends + (head == null ? limits.requestLine() : limits.chunkExtensions() + digits);
        }

        Reading done() {
            boolean inRequest = reader.inRequest();
            if (head != null) {
                end(-1);
            }
            return new Reading(messages, refusal, inRequest);
        }
    }
}
