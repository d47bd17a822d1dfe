package dev.pausa.http1;

import java.nio.ByteBuffer;

/**
 * Reads a chunk's first line: {@code chunk-size [ chunk-ext ] CRLF} (RFC 9112, 7.1), where
 * {@code chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )} (7.1.1).
 */
final class ChunkLine {
    private static final int MAX_DIGITS = 16;

    /** Where in the line the next byte stands. */
    private enum Part {
        SIZE,
        BEFORE_SEMICOLON,
        BEFORE_NAME,
        NAME,
        AFTER_NAME,
        BEFORE_VALUE,
        TOKEN,
        QUOTED,
        ESCAPE,
        AFTER_QUOTED,
        LINE_FEED
    }

    private final int maxExtensions;
    private int extensions;
    private Part part = Part.SIZE;
    private int digits;
    private long size;

    /**
     * A reader of one request's chunks.
     *
     * @param maxExtensions bytes of extensions in all of them together
     */
    ChunkLine(int maxExtensions) {
        this.maxExtensions = maxExtensions;
    }

    /** Takes bytes of {@code input}; true at the end of the line. Ready for another then. */
    boolean read(ByteBuffer input) {
        while (input.hasRemaining()) {
            byte b = input.get();
            if (part == Part.LINE_FEED) {
                if (b != '\n') {
                    throw Refused.bad("RFC 9112, 2.2", "a bare carriage return after a chunk size");
                }
                part = Part.SIZE;
                digits = 0;
                return true;
            }
            if (part == Part.SIZE && Tokens.is(b, Tokens.HEX)) {
                digit(b);
            } else {
                part = after(b);
                if (part != Part.LINE_FEED && ++extensions > maxExtensions) {
                    throw Refused.with(
                            413, "RFC 9112, 7.1.1", "more than " + maxExtensions + " bytes of chunk extensions");
                }
            }
        }
        return false;
    }

    /** The size in the line that {@link #read} has ended. */
    long size() {
        return size;
    }

    private void digit(byte b) {
        if (++digits > MAX_DIGITS) {
            throw Refused.bad("RFC 9112, 7.1", "a chunk size of more than " + MAX_DIGITS + " digits");
        }
        size = digits == 1 ? Tokens.hex(b) : size << 4 | Tokens.hex(b);
        if (size < 0) {
            throw Refused.with(413, "RFC 9112, 7.1", "a chunk size above " + Long.MAX_VALUE);
        }
    }

    private Part after(byte b) {
        boolean space = Tokens.is(b, Tokens.SPACE);
        boolean tchar = Tokens.is(b, Tokens.TCHAR);
        return switch (part) {
            case SIZE -> digits == 0 ? refuse(b) : separator(b);
            case BEFORE_SEMICOLON -> space ? part : b == ';' ? Part.BEFORE_NAME : refuse(b);
            case BEFORE_NAME -> space ? part : tchar ? Part.NAME : refuse(b);
            case NAME -> tchar ? part : b == '=' ? Part.BEFORE_VALUE : space ? Part.AFTER_NAME : separator(b);
            case AFTER_NAME -> space ? part : b == '=' ? Part.BEFORE_VALUE : b == ';' ? Part.BEFORE_NAME : refuse(b);
            case BEFORE_VALUE -> space ? part : b == '"' ? Part.QUOTED : tchar ? Part.TOKEN : refuse(b);
            case TOKEN -> tchar ? part : separator(b);
            case QUOTED -> b == '"' ? Part.AFTER_QUOTED : b == '\\' ? Part.ESCAPE : quoted(b);
            case ESCAPE -> quoted(b);
            case AFTER_QUOTED -> separator(b);
            case LINE_FEED -> throw new AssertionError("not a byte of the line");
        };
    }

    /** What may follow a size, a name or a value; white space only if a semicolon comes after it. */
    private static Part separator(byte b) {
        return switch (b) {
            case '\r' -> Part.LINE_FEED;
            case ';' -> Part.BEFORE_NAME;
            case ' ', '\t' -> Part.BEFORE_SEMICOLON;
            default -> refuse(b);
        };
    }

    /** {@code qdtext}, or what a backslash may quote (RFC 9110, 5.6.4). */
    private static Part quoted(byte b) {
        return Tokens.is(b, Tokens.VALUE) ? Part.QUOTED : refuse(b);
    }

    private static Part refuse(byte b) {
        throw Refused.badByte("RFC 9112, 7.1", b, "in a chunk size or its extensions");
    }
}
