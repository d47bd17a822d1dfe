package dev.pausa.http1;

/**
 * A request line (RFC 9112, 3), as offsets into the bytes of its head.
 *
 * @param method a token, case-sensitive
 * @param minorVersion 0 or 1
 */
record RequestLine(String method, int targetOffset, int targetLength, int minorVersion) {}
