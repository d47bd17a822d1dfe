package dev.pausa.http1;

import java.nio.ByteBuffer;

/** What a {@link RequestReader} finds in the bytes of a connection. */
public sealed interface Element permits RequestHead, Element.Data, Element.End, Refusal {
    /** A piece of the request body, a slice of the buffer that was read: use it before the next call. */
    record Data(ByteBuffer bytes) implements Element {}

    /** The request is complete; the next byte begins another one. */
    enum End implements Element {
        END
    }
}
