package dev.pausa.http1;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A body of a known number of bytes, 0 of a request without one (RFC 9112, 6.2 and 6.3). */
final class LengthBody implements BodyReader {
    private long remaining;

    LengthBody(long bytes) {
        remaining = bytes;
    }

    @Override
    public @Nullable Element next(ByteBuffer input) {
        if (remaining == 0) {
            return Element.End.END;
        }
        if (!input.hasRemaining()) {
            return null;
        }
        Element.Data data = BodyReader.data(input, remaining);
        remaining -= data.bytes().remaining();
        return data;
    }
}
