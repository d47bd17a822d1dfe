package dev.pausa.wsgi;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The response body, produced in steps (PEP 3333, "the iterable"). One call of {@link #next()} is one step; steps of one
 * body never overlap, and consecutive ones are ordered by happens-before, but may run on different threads (P36, P38).
 */
@FunctionalInterface
public interface Body extends AutoCloseable {
    /**
     * Produces the next chunk.
     *
     * @return the bytes between position and limit, valid until the next call of any method here; an empty one means
     *     "nothing yet" (P21); {@code null} ends the body
     */
    @Nullable
    ByteBuffer next() throws Exception;

    /** How many chunks there are, or -1 if that is not known: with exactly one, the server derives Content-Length. */
    default int length() {
        return -1;
    }

    /**
     * The file that all of it lies in, if the server may send that by itself. Asked once at most, before the first
     * {@link #next()}, which is not called any more if the server takes the file, and must produce the same bytes if not.
     */
    default @Nullable FileRange file() throws Exception {
        return null;
    }

    /** What it is in the application's own words, for messages: the name of a type. Called inside a step. */
    default String kind() {
        return getClass().getName();
    }

    /** Called exactly once when the request ends, whatever the reason, after the last step (P25). */
    @Override
    default void close() throws Exception {}

    /** A body of these chunks. */
    static Body of(byte[]... chunks) {
        return of(Arrays.stream(chunks).map(ByteBuffer::wrap).toList());
    }

    /** A body of these chunks; a list that can be read once for each call of this method. */
    static Body of(List<ByteBuffer> chunks) {
        return new Chunks(chunks.iterator(), chunks.size());
    }

    /** A body of unknown length. */
    static Body of(Iterator<ByteBuffer> chunks) {
        return new Chunks(chunks, -1);
    }

    /** Chunks by iterator. */
    record Chunks(Iterator<ByteBuffer> iterator, int length) implements Body {
        @Override
        public @Nullable ByteBuffer next() {
            return iterator.hasNext() ? iterator.next() : null;
        }
    }
}
