package dev.pausa.http1;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the requests of one connection, one element after the other (RFC 9112).
 *
 * <p>A request is a {@link RequestHead}, any number of {@link Element.Data} and an {@link Element.End}; the next byte
 * begins the next request. Bytes may come in pieces of any size. A {@link Refusal} is final: every later call returns
 * the same one.
 *
 * <p>Used by one thread at a time. Never throws because of the bytes.
 */
public final class RequestReader {
    private final HeadReader heads;
    private @Nullable BodyReader body;
    private @Nullable Refusal refusal;

    /** A reader at the beginning of a connection. */
    public RequestReader(HeadLimits limits) {
        heads = new HeadReader(limits);
    }

    /**
     * Takes bytes from {@code input} until one element is complete, and leaves its position after that element. After
     * a {@link Refusal} the position means nothing. A head without a body is followed by {@code END} on the next call,
     * with or without bytes: call again until the answer is {@code null}.
     *
     * @param input heap or direct; its limit and mark are left alone, its bytes are not written
     * @return the element, or {@code null} if all bytes were taken and more are needed
     */
    public @Nullable Element next(ByteBuffer input) {
        if (refusal != null) {
            return refusal;
        }
        try {
            return body == null ? head(input) : body(body, input);
        } catch (Refused refused) {
            refusal = refused.refusal;
            return refusal;
        }
    }

    /** Whether part of a request was taken: the end of the connection now would cut it short. */
    public boolean inRequest() {
        return body != null || heads.begun();
    }

    private @Nullable RequestHead head(ByteBuffer input) {
        RequestHead head = heads.next(input);
        if (head != null) {
            body = heads.body(head);
        }
        return head;
    }

    private @Nullable Element body(BodyReader current, ByteBuffer input) {
        Element element = current.next(input);
        if (element == Element.End.END) {
            body = null;
        }
        return element;
    }
}
