package dev.pausa.wsgi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** {@code environ["wsgi.input"]}: the request body (PEP 3333, "Input and Error Streams"). Used by one thread at a time. */
public interface Input {
    /** The input of requests that have no body: always at its end. The same for all, so it cannot fail or be closed. */
    Input EMPTY = new Input() {
        @Override
        public int read(byte[] into, int offset, int length) {
            return length == 0 ? 0 : -1;
        }

        @Override
        public int await(int most) {
            return 0;
        }

        @Override
        public boolean ready() {
            return true;
        }
    };

    /**
     * Reads up to {@code length} bytes, waiting until at least one is there.
     *
     * @return how many were read; -1 at the end of the body, and again whenever asked
     * @throws ClientDisconnected if the body was cut short or the client left (P27, P60): never taken for its end
     */
    int read(byte[] into, int offset, int length) throws IOException;

    /**
     * Reads as many bytes as are there and {@code into} has room for, waiting until at least one is there.
     *
     * @return how many were read; -1 at the end of the body, and again whenever asked
     * @throws ClientDisconnected if the body was cut short or the client left (P27, P60): never taken for its end
     */
    default int read(ByteBuffer into) throws IOException {
        var bytes = new byte[into.remaining()];
        int count = read(bytes, 0, bytes.length);
        into.put(bytes, 0, Math.max(0, count));
        return count;
    }

    /**
     * Waits until bytes are there, or the end of the body; an input that cannot, as this one, waits in {@code read}.
     *
     * @param most above 0
     * @return how many bytes a read of {@code most} will answer with, at most; 0 at the end of the body
     * @throws ClientDisconnected as {@code read}
     */
    default int await(int most) throws IOException {
        return most;
    }

    /** Whether {@link #read} would answer at once: bytes are there, or the end, or an error. */
    boolean ready();

    /**
     * As {@link #read}, but never waits (P56).
     *
     * @return how many were read; 0 if nothing is there yet; -1 at the end of the body
     */
    default int readNowait(byte[] into, int offset, int length) throws IOException {
        return ready() ? read(into, offset, length) : 0;
    }

    /** This input as a stream; closing it does nothing. */
    default InputStream stream() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                var one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return length == 0 ? 0 : Input.this.read(into, offset, length);
            }
        };
    }
}
