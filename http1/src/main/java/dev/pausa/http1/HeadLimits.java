package dev.pausa.http1;

/**
 * How much of a request the reader takes before it refuses.
 *
 * @param requestLine bytes of the request line without its line end: 414 above
 * @param fields header fields, and trailer fields: 431 above
 * @param fieldSize bytes of one field line: 431 above
 * @param headSize bytes of all field lines together: 431 above
 */
public record HeadLimits(int requestLine, int fields, int fieldSize, int headSize) {
    /** gunicorn's figures. */
    public static final HeadLimits DEFAULT = new HeadLimits(4094, 100, 8190, 65536);
}
