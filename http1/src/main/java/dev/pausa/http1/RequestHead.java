package dev.pausa.http1;

/**
 * A request line and its header fields, as slices of one array of bytes that belongs to it. (Signatures first.)
 *
 * @param bytes the request line and field lines as received
 */
public record RequestHead(
        byte[] bytes,
        String method,
        Slice target,
        Form form,
        int minorVersion,
        Slice[] names,
        Slice[] values,
        Framing framing,
        boolean keepAlive,
        boolean expectContinue)
        implements Element {
    /** A range of {@link #bytes()}. */
    public record Slice(int offset, int length) {}

    /** The form of the request target (RFC 9112, 3.2). */
    public enum Form {
        ORIGIN,
        ABSOLUTE,
        AUTHORITY,
        ASTERISK
    }

    /** How the body ends (RFC 9112, 6.3). */
    public sealed interface Framing {
        /** No body. */
        enum None implements Framing {
            NONE
        }
        /** This many bytes, at least 0. */
        record Length(long bytes) implements Framing {}
        /** The chunked coding. */
        enum Chunked implements Framing {
            CHUNKED
        }
    }
}
