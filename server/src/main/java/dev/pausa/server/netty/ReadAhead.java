package dev.pausa.server.netty;

import dev.pausa.exchange.RequestInput;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The bytes of a connection that came and are not parsed yet. Used by the connection's event loop. */
final class ReadAhead {
    /** Bytes of later requests that are read ahead, unparsed, and of an unread body that are discarded (P61). */
    static final int LIMIT = 64 * 1024;

    /** Pieces of a body that are at least so long, and half of what was read, are lent, not copied. */
    private static final int LEND = 16 * 1024;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ByteBufAllocator allocator;
    private ByteBuf held = Unpooled.EMPTY_BUFFER;
    private ByteBuffer view = NOTHING;

    /** The position of the view at the first byte that is here. */
    private int start;

    ReadAhead(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Takes over {@code bytes}, behind those that are here. */
    void add(ByteBuf bytes) {
        if (held.isReadable()) {
            held = merge(held, bytes);
        } else {
            release();
            held = bytes;
        }
    }

    /** What is here, to be read from; perhaps empty. */
    ByteBuf bytes() {
        return held;
    }

    /** The same as Java's buffer, until {@link #read}. */
    ByteBuffer view() {
        view = held.internalNioBuffer(held.readerIndex(), held.readableBytes());
        start = view.position();
        return view;
    }

    /** Lends the last {@code size} bytes that were read from the view; {@code null} if that would hold too much memory. */
    RequestInput.@Nullable Loan lend(int size) {
        if (size < LEND || 2 * size < held.capacity()) {
            return null;
        }
        return new Lent(held.retainedSlice(held.readerIndex() + view.position() - start - size, size));
    }

    /** What was read from the view is not here any more. */
    void read() {
        held.skipBytes(view.position() - start);
        view = NOTHING;
        if (!held.isReadable()) {
            release();
        }
    }

    /** Whether the socket should not be read for more. */
    boolean full() {
        return held.readableBytes() >= LIMIT;
    }

    void release() {
        held.release();
        held = Unpooled.EMPTY_BUFFER;
    }

    /** A part of a buffer of Netty's. */
    private record Lent(ByteBuf buffer, ByteBuffer bytes) implements RequestInput.Loan {
        Lent(ByteBuf buffer) {
            this(buffer, buffer.nioBuffer());
        }

        @Override
        public void giveBack() {
            buffer.release();
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
