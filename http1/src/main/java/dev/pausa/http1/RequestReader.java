package dev.pausa.http1;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads the requests of one connection, one element after the other (RFC 9112). (Signatures first.) */
public final class RequestReader {
    /** A reader at the beginning of a connection. */
    public RequestReader(HeadLimits limits) {
        throw new UnsupportedOperationException();
    }

    /**
     * Takes bytes from {@code input}, advancing its position, until one element is complete.
     *
     * @return the element, or {@code null} if all bytes were taken and more are needed
     */
    public @Nullable Element next(ByteBuffer input) {
        throw new UnsupportedOperationException();
    }

    /** Whether part of a request was taken: the end of the connection now would cut it short. */
    public boolean inRequest() {
        throw new UnsupportedOperationException();
    }
}
