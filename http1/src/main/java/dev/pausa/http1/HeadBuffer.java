package dev.pausa.http1;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The bytes of one head or trailer section, copied out of the buffers that they came in.
 *
 * <p>How much will belong to the section is known only when it was read, so {@link #fill} copies some more, and
 * {@link #giveBack} returns the rest.
 */
final class HeadBuffer {
    /** Bytes copied at once: most heads are smaller, and a body that follows is not copied for nothing. */
    private static final int PIECE = 2048;

    /** The section from 0 to {@link #filled}; read up to {@link #position}. */
    byte[] bytes = {};

    int position;
    int filled;

    /** Copies the next piece of {@code input}; false if it is empty. */
    boolean fill(ByteBuffer input) {
        int count = Math.min(input.remaining(), PIECE);
        if (count == 0) {
            return false;
        }
        if (bytes.length - filled < count) {
            bytes = Arrays.copyOf(bytes, filled == 0 ? count : Math.max(2 * bytes.length, filled + count));
        }
        input.get(bytes, filled, count);
        filled += count;
        return true;
    }

    /** Returns to {@code input}, of the last {@link #fill}, what was not read. */
    void giveBack(ByteBuffer input) {
        input.position(input.position() - (filled - position));
        filled = position;
    }

    /** Hands the bytes over as an array of exactly their number, and is empty afterwards. */
    byte[] release() {
        byte[] section = bytes.length == position ? bytes : Arrays.copyOf(bytes, position);
        bytes = new byte[0];
        position = 0;
        filled = 0;
        return section;
    }
}
