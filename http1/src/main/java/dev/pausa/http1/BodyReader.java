package dev.pausa.http1;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads the body of one request: {@link Element.Data} until {@link Element.End}. */
sealed interface BodyReader permits LengthBody, ChunkedBody {
    /** As {@link RequestReader#next}; raises {@link Refused}. */
    @Nullable
    Element next(ByteBuffer input);

    /** Takes up to {@code count} bytes out of {@code input} as a slice of it; at least one byte is there. */
    static Element.Data data(ByteBuffer input, long count) {
        int length = (int) Math.min(count, input.remaining());
        ByteBuffer bytes = input.slice(input.position(), length);
        input.position(input.position() + length);
        return new Element.Data(bytes);
    }
}
