package dev.pausa.http1;

import org.jspecify.annotations.Nullable;

/**
 * A request line and its header fields: one array of bytes that belongs to this object, and offsets into it.
 *
 * <p>All rules of RFC 9112 that can be judged without the application hold for every object of this class: the form of
 * the target fits the method, there is exactly one valid {@code Host} in HTTP/1.1, the framing is unambiguous.
 *
 * <p>Immutable as long as nobody writes into {@link #bytes()}; safe for use by several threads.
 */
public final class RequestHead implements Element {
    /** Ints for each field in {@link #spans}: name's offset, name's length, value's offset, value's length. */
    static final int SPAN = 4;

    /** The form of the request target (RFC 9112, 3.2). */
    public enum Form {
        /** A path that begins with a slash, and perhaps a query (3.2.1). */
        ORIGIN,
        /** A whole {@code http} or {@code https} URI, whose authority agrees with {@code Host} (3.2.2). */
        ABSOLUTE,
        /** Host and port, of {@code CONNECT} only (3.2.3). */
        AUTHORITY,
        /** {@code *}, of {@code OPTIONS} only (3.2.4). */
        ASTERISK
    }

    /** How the body ends (RFC 9112, 6.3). */
    public sealed interface Framing {
        /** No {@code Content-Length} and no {@code Transfer-Encoding}: no body. */
        enum None implements Framing {
            NONE
        }

        /**
         * A {@code Content-Length}.
         *
         * @param bytes at least 0
         */
        record Length(long bytes) implements Framing {}

        /** {@code Transfer-Encoding: chunked}. */
        enum Chunked implements Framing {
            CHUNKED
        }
    }

    private final byte[] bytes;
    private final RequestLine line;
    private final int[] spans;
    private final Terms terms;

    RequestHead(byte[] bytes, RequestLine line, int[] spans, Terms terms) {
        this.bytes = bytes;
        this.line = line;
        this.spans = spans;
        this.terms = terms;
    }

    /** The request line and field lines as received, to the end of the empty line. Not a copy: do not write into it. */
    public byte[] bytes() {
        return bytes;
    }

    /** The method, case-sensitive; the same {@code String} object each time for the common ones. */
    public String method() {
        return line.method();
    }

    /** Where the request target begins in {@link #bytes()}. */
    public int targetOffset() {
        return line.targetOffset();
    }

    /** Bytes of the request target, at least 1. */
    public int targetLength() {
        return line.targetLength();
    }

    /** The request target, as received. */
    public String target() {
        return text(line.targetOffset(), line.targetLength());
    }

    /** The form of the request target. */
    public Form form() {
        return terms.form();
    }

    /** 0 or 1: the minor version to treat the request as; a higher one is treated as 1 (RFC 9110, 2.5). */
    public int minorVersion() {
        return line.minorVersion();
    }

    /** The number of field lines. */
    public int fields() {
        return spans.length / SPAN;
    }

    /** Where the name of the field line begins; {@code field} is from 0 to {@link #fields()} - 1. */
    public int nameOffset(int field) {
        return spans[field * SPAN];
    }

    /** Bytes of the name of the field line, at least 1. */
    public int nameLength(int field) {
        return spans[field * SPAN + 1];
    }

    /** Where the value of the field line begins, without the white space around it. */
    public int valueOffset(int field) {
        return spans[field * SPAN + 2];
    }

    /** Bytes of the value of the field line, without the white space around it; may be 0. */
    public int valueLength(int field) {
        return spans[field * SPAN + 3];
    }

    /** The name of the field line, as received. */
    public String name(int field) {
        return text(nameOffset(field), nameLength(field));
    }

    /** The value of the field line. */
    public String value(int field) {
        return text(valueOffset(field), valueLength(field));
    }

    /** The value of the first field line with this name (any case), or {@code null}. For tests and log lines. */
    public @Nullable String value(String name) {
        for (int field = 0; field < fields(); field++) {
            if (Tokens.equalsIgnoreCase(bytes, nameOffset(field), nameLength(field), name)) {
                return value(field);
            }
        }
        return null;
    }

    /** How the body ends. */
    public Framing framing() {
        return terms.framing();
    }

    /** Whether the client lets the connection persist after the response (RFC 9112, 9.3). */
    public boolean keepAlive() {
        return terms.keepAlive();
    }

    /** Whether the client waits for a 100 before it sends the body (RFC 9110, 10.1.1). */
    public boolean expectContinue() {
        return terms.expectContinue();
    }

    /** The request line, for log lines. */
    @Override
    public String toString() {
        return method() + " " + target() + " HTTP/1." + minorVersion();
    }

    private String text(int offset, int length) {
        return Tokens.text(bytes, offset, length);
    }
}
