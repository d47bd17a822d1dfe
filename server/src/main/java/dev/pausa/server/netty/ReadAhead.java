package dev.pausa.server.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** The bytes of a connection that came and are not parsed yet. Used by the connection's event loop. */
final class ReadAhead {
    /** Bytes of later requests that are read ahead, unparsed, and of an unread body that are discarded (P61). */
    static final int LIMIT = 64 * 1024;

    private final ByteBufAllocator allocator;
    private @Nullable ByteBuf held;

    ReadAhead(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Takes over {@code bytes}, behind those that are here. */
    void add(ByteBuf bytes) {
        held = held == null ? bytes : merge(held, bytes);
    }

    /** What is here, to be read from; perhaps empty. */
    ByteBuf bytes() {
        return held == null ? Unpooled.EMPTY_BUFFER : held;
    }

    /** Whether the socket should not be read for more. */
    boolean full() {
        return held != null && held.readableBytes() >= LIMIT;
    }

    /** Gives the memory back if everything was read. */
    void trim() {
        if (held != null && !held.isReadable()) {
            release();
        }
    }

    void release() {
        if (held != null) {
            held.release();
            held = null;
        }
    }

    private ByteBuf merge(ByteBuf first, ByteBuf second) {
        int length = second.readableBytes();
        ByteBuf merged = first;
        if (first.maxFastWritableBytes() < length) {
            // Twice what is needed: a client that sends byte by byte must not make us copy all of it each time.
            merged = allocator.directBuffer(2 * (first.readableBytes() + length));
            merged.writeBytes(first);
            first.release();
        }
        merged.writeBytes(second);
        second.release();
        return merged;
    }
}
