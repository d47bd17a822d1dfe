package dev.pausa.wsgi;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The imperative way out (PEP 3333, "The write() Callable"). Called inside a step only; pauses do not affect it (P20). */
@FunctionalInterface
public interface Write {
    /**
     * Sends {@code data} at once; waits while the client reads too slowly. The bytes are copied before it returns.
     *
     * @throws ClientDisconnected after the client left (P27)
     * @throws ApplicationError outside a step, or past the declared Content-Length
     */
    void write(ByteBuffer data) throws IOException;
}
