package dev.pausa.http1;

/**
 * How much of a request the reader takes before it refuses. All at least 0.
 *
 * @param requestLine bytes of the request line without its line end: 414 above
 * @param fields header fields, and trailer fields: 431 above
 * @param fieldSize bytes of one field line without its line end: 431 above
 * @param headSize bytes of all field lines together with their line ends: 431 above
 * @param chunkExtensions bytes of all chunk extensions of one request together (RFC 9112, 7.1.1): 413 above
 */
public record HeadLimits(int requestLine, int fields, int fieldSize, int headSize, int chunkExtensions) {
    /**
     * gunicorn's figures, but for the request line, of which RFC 9112, 3 recommends 8000 bytes at least; it has none for
     * chunk extensions, which nobody is known to use.
     */
    public static final HeadLimits DEFAULT = new HeadLimits(8190, 100, 8190, 65536, 4096);
}
