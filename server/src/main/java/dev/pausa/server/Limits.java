package dev.pausa.server;

import dev.pausa.http1.HeadLimits;

/**
 * How much a client may ask of the server.
 *
 * @param head request line and fields: 414 and 431 above
 * @param bodyBuffer bytes of a request body kept in memory before the socket is not read any more (P59)
 * @param body bytes of a request body: 413 above; a chunked one that grows above it is cut short. No bound by default: a
 *     body is streamed, and only {@code bodyBuffer} of it is in memory
 * @param connections open connections; above it nothing is accepted, new clients wait in the kernel's backlog
 * @param parked parked requests; above it new requests are answered with 503 (P34)
 */
public record Limits(HeadLimits head, int bodyBuffer, long body, int connections, int parked) {
    /** gunicorn's limits for heads, 64 KiB of buffer, bodies without bound, 65,536 connections, 50,000 parked. */
    public static final Limits DEFAULT = new Limits(HeadLimits.DEFAULT, 64 * 1024, Long.MAX_VALUE, 65_536, 50_000);

    /** Refuses what cannot work. */
    public Limits {
        if (bodyBuffer < 1 || body < 0 || connections < 1 || parked < 0) {
            throw new IllegalArgumentException(
                    "limits out of range: " + bodyBuffer + ", " + body + ", " + connections + ", " + parked);
        }
    }
}
