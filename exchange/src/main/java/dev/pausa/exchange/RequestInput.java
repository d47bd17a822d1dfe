package dev.pausa.exchange;

import dev.pausa.wsgi.ClientDisconnected;
import dev.pausa.wsgi.Input;
import java.nio.ByteBuffer;

/**
 * The request body between the transport, which feeds it, and the application, which reads it: a bounded buffer (P59).
 * (Signatures first.)
 */
public final class RequestInput implements Input {
    /** The transport's side of the bargain. Called by the reading thread, outside the monitor; must not wait. */
    public interface Source {
        /** The application wants its first byte: now is the time for 100 (Continue) (P57). */
        void wanted();

        /** There is room again: go on reading the socket. */
        void drained();
    }

    /** An input that nothing was fed to yet; {@code capacity} in bytes. */
    public RequestInput(Source source, int capacity) {
        throw new UnsupportedOperationException();
    }

    /** The input of a request without a body: at its end from the beginning. */
    public static RequestInput empty() {
        throw new UnsupportedOperationException();
    }

    /** Takes all of {@code data} (copied); answers whether there is room for more: if not, stop reading until {@link Source#drained}. */
    public boolean feed(ByteBuffer data) {
        throw new UnsupportedOperationException();
    }

    /** The body is complete. */
    public void end() {
        throw new UnsupportedOperationException();
    }

    /** The body will never be complete; readers get a {@link ClientDisconnected}. */
    public void fail(String reason) {
        throw new UnsupportedOperationException();
    }

    /** The request is over: buffered bytes are dropped, further ones are ignored. Answers whether the body was read to its end. */
    public boolean close() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws ClientDisconnected {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean ready() {
        throw new UnsupportedOperationException();
    }
}
