package dev.pausa.exchange;

import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Header;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;

/**
 * Where the response goes: the transport, seen from the exchange. Called by one thread at a time, never by an event loop
 * while it holds a lock, and never throws: a failed write is told by {@link Event#DISCONNECTED}.
 *
 * <p>The transport tells {@link Event#CONGESTED} <em>before</em> it hands over the write that crosses its high-water mark,
 * so that {@link Event#WRITABLE} cannot overtake it.
 */
public interface Output {
    /** An interim 103 with these fields, at once, if the head is not here yet and the client knows such a thing. Any thread. */
    default void hints(List<Header> headers) {}

    /**
     * The server's own response to a request whose application gave none. Asked for once at most, before {@link #head}, by
     * the thread that ends the response.
     *
     * @param reason {@link CloseReason#ERROR} if the application failed, otherwise why the request is cut
     */
    default ErrorResponse error(CloseReason reason) {
        return ErrorResponse.plain(reason);
    }

    /** The response head; the transport may hold it back until the next call of {@link #write}, {@link #flush} or {@link #end}. */
    void head(ResponseHead.Committed head);

    /** A non-empty piece of the body; copied before it returns. Never called when the response can have no body. */
    void write(ByteBuffer chunk);

    /** Whether {@link #file} works: a transport that encrypts has to read what it sends. */
    default boolean sendsFiles() {
        return false;
    }

    /**
     * All that is missing of a body of known length, as part of a file, which is closed when it is sent or never will be.
     * Only {@link #end} follows, at once: there is nothing that a slow client could hold up, so none of it counts as
     * congestion. A file that turns out to be shorter ends the response so that the client sees it.
     *
     * @param position of the first byte
     * @param count how many bytes, at least 1
     */
    default void file(FileChannel file, long position, long count) {
        throw new UnsupportedOperationException("this output sends no files");
    }

    /** Sends all that was held back: the request is about to park (P18). */
    void flush();

    /** The body is complete; {@link Event#FLUSHED} follows when every byte is gone. */
    void end();

    /** Ends the connection or stream so that the client sees that the response is not complete (P24). */
    void abort();
}
