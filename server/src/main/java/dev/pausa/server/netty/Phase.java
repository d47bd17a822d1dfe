package dev.pausa.server.netty;

/**
 * Where a connection stands between its requests.
 *
 * <pre>
 * WAITING -> RECEIVING <-> FULL
 *    ^           |
 *    |           v     response complete
 *    +------ ANSWERING            RECEIVING, FULL -> DISCARDING -> WAITING
 * any -> LINGERING -> CLOSED
 * </pre>
 */
enum Phase {
    /** For a request head, or the rest of one. */
    WAITING,
    /** A request is in progress and its body is not complete. */
    RECEIVING,
    /** As RECEIVING, but the application's buffer is full (P59). */
    FULL,
    /** A request is in progress and complete, or nothing more of it can be read. */
    ANSWERING,
    /** The response is complete, the request is not. */
    DISCARDING,
    /** Our side is shut down; the client may still read (RFC 9112, 9.6). */
    LINGERING,
    CLOSED;

    /** Whether bytes that come are parsed now. */
    boolean parses() {
        return this == WAITING || this == RECEIVING || this == DISCARDING;
    }

    /** Whether nothing that the client sends matters any more. */
    boolean over() {
        return this == LINGERING || this == CLOSED;
    }
}
