package dev.pausa.server;

import dev.pausa.http1.HeadLimits;

/**
 * How much a client may ask of the server.
 *
 * @param head request line and fields: 414 and 431 above; those of a trailer section count anew, against the same figures
 * @param bodyBuffer bytes of a request body kept in memory before the socket is not read any more (P59)
 * @param body bytes of a request body: 413 above; a chunked one that grows above it is cut short. No bound by default: a
 *     body is streamed, and only {@code bodyBuffer} of it is in memory
 * @param bodyRate bytes a second that a client must send of a body on average over each {@link Timeouts#body}; 0 for any
 * @param uploads requests whose body is still coming that may run, and wait for it on their thread: further ones begin when
 *     theirs has come or is more than {@code bodyBuffer} and one of them has ended; at least 1
 * @param backlog connections that the kernel keeps for a listening socket until they are accepted
 * @param connections open connections; above it nothing is accepted, new clients wait in the kernel's backlog
 * @param waiting requests that no thread has begun; above it new requests are answered with 503
 * @param parked parked requests; above it new requests are answered with 503 (P34)
 */
public record Limits(
        HeadLimits head,
        int bodyBuffer,
        long body,
        int bodyRate,
        int uploads,
        int backlog,
        int connections,
        int waiting,
        int parked) {
    /**
     * gunicorn's limits for heads, 64 KiB of buffer, bodies without bound but of 500 bytes a second, 4 uploads (half of
     * eight threads), gunicorn's backlog of 2,048, 65,536 connections, 10,000 waiting, 50,000 parked.
     */
    public static final Limits DEFAULT =
            new Limits(HeadLimits.DEFAULT, 64 * 1024, Long.MAX_VALUE, 500, 4, 2048, 65_536, 10_000, 50_000);

    /** Refuses what cannot work. */
    public Limits {
        if (bodyBuffer < 1
                || body < 0
                || bodyRate < 0
                || uploads < 1
                || backlog < 1
                || connections < 1
                || waiting < 1
                || parked < 0) {
            throw new IllegalArgumentException("limits out of range: "
                    + bodyBuffer + ", " + body + ", " + bodyRate + ", " + uploads + ", " + backlog + ", " + connections
                    + ", " + waiting + ", " + parked);
        }
    }
}
