package dev.pausa.server.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Bytes that wait to be parsed. */
final class Buffers {
    private Buffers() {}

    /** {@code first} and {@code second} in one buffer; takes over both. */
    static ByteBuf merge(ByteBufAllocator allocator, ByteBuf first, ByteBuf second) {
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
