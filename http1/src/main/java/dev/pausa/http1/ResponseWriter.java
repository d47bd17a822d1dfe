package dev.pausa.http1;

import java.util.Arrays;

/**
 * Writes heads of responses and chunk framing (RFC 9112, sections 4 to 7) as bytes into an array that grows and is used again.
 *
 * <pre>{@code
 * writer.clear();
 * writer.status(1, "200 OK").field("Content-Type", "text/plain").contentLength(12).finish();
 * channel.write(writer.array(), 0, writer.length());
 * }</pre>
 *
 * <p>It adds nothing that the caller did not say, and makes sure that what the caller said is one line: each text is
 * checked, and a line that is not valid raises {@link IllegalArgumentException} (the caller's bug) and leaves the writer
 * as it was. What was written accumulates until {@link #clear()}, so a head and its first chunk leave as one piece.
 * Calls in another order than {@code status}, fields, {@code finish} raise {@link IllegalStateException}.
 *
 * <p>Used by one thread at a time.
 */
public final class ResponseWriter {
    private static final int INITIAL = 256;
    private static final int DECIMAL = 19;
    private static final byte[] HTTP_1 = Tokens.bytes("HTTP/1.");
    private static final byte[] CONTENT_LENGTH = Tokens.bytes("Content-Length: ");
    private static final byte[] CHUNKED = Tokens.bytes("Transfer-Encoding: chunked\r\n");
    private static final byte[] CLOSE = Tokens.bytes("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = Tokens.bytes("Connection: keep-alive\r\n");
    private static final byte[] CONTINUE = Tokens.bytes("HTTP/1.1 100 Continue\r\n\r\n");
    private static final byte[] LAST_CHUNK = Tokens.bytes("0\r\n\r\n");
    private static final byte[] CRLF = Tokens.bytes("\r\n");

    private byte[] array = new byte[INITIAL];
    private int length;
    private boolean inHead;

    /** The bytes written, from 0 to {@link #length()}. Valid until the next call that writes. */
    public byte[] array() {
        return array;
    }

    /** The number of bytes written since {@link #clear()}. */
    public int length() {
        return length;
    }

    /** Forgets what was written, a head that was not finished included. */
    public ResponseWriter clear() {
        length = 0;
        inHead = false;
        return this;
    }

    /**
     * Begins a head with a status line (RFC 9112, 4).
     *
     * @param minorVersion 0 or 1: of what this server speaks, not of what was asked (RFC 9110, 2.5)
     * @param status three digits, or three digits, a space and a reason phrase
     */
    public ResponseWriter status(int minorVersion, String status) {
        if (inHead) {
            throw new IllegalStateException("the head before this one was not finished");
        }
        if (minorVersion != 0 && minorVersion != 1) {
            throw new IllegalArgumentException("no HTTP/1." + minorVersion + " here");
        }
        checkStatus(status);
        reserve(HTTP_1.length + 2 + status.length() + 1 + CRLF.length);
        int at = append(HTTP_1, length);
        array[at++] = (byte) ('0' + minorVersion);
        array[at++] = ' ';
        at = text(status, at, Tokens.VALUE, "the status");
        if (status.length() == 3) {
            array[at++] = ' '; // "MUST send the space ... even when the reason-phrase is absent" (4)
        }
        length = append(CRLF, at);
        inHead = true;
        return this;
    }

    /**
     * Adds a field line.
     *
     * @param name a token (RFC 9110, 5.1)
     * @param value ISO-8859-1 without control characters but tabs (RFC 9110, 5.5)
     */
    public ResponseWriter field(String name, String value) {
        inHead();
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a field name is empty");
        }
        reserve(name.length() + 2 + value.length() + CRLF.length);
        int at = text(name, length, Tokens.TCHAR, "a field name");
        array[at++] = ':';
        array[at++] = ' ';
        at = text(value, at, Tokens.VALUE, "a field value");
        length = append(CRLF, at);
        return this;
    }

    /** Adds {@code Content-Length}; {@code bytes} is at least 0. */
    public ResponseWriter contentLength(long bytes) {
        inHead();
        if (bytes < 0) {
            throw new IllegalArgumentException("Content-Length " + bytes + " is negative");
        }
        reserve(CONTENT_LENGTH.length + DECIMAL + CRLF.length);
        int at = decimal(bytes, append(CONTENT_LENGTH, length));
        length = append(CRLF, at);
        return this;
    }

    /** Adds {@code Transfer-Encoding: chunked}. */
    public ResponseWriter chunked() {
        return line(CHUNKED);
    }

    /** Adds {@code Connection: close}. */
    public ResponseWriter close() {
        return line(CLOSE);
    }

    /** Adds {@code Connection: keep-alive}, which an HTTP/1.0 client waits for (RFC 9112, 9.3). */
    public ResponseWriter keepAlive() {
        return line(KEEP_ALIVE);
    }

    /** Ends the head with the empty line. */
    public ResponseWriter finish() {
        line(CRLF);
        inHead = false;
        return this;
    }

    /** Writes a whole {@code 100 Continue} (RFC 9110, 15.2.1). */
    public ResponseWriter interimContinue() {
        return body(CONTINUE);
    }

    /**
     * Begins a chunk (RFC 9112, 7.1): its size in hexadecimal and a line end. The data follows, then {@link #chunkEnd()}.
     *
     * @param size bytes of data, at least 1: an empty chunk would be the last one
     */
    public ResponseWriter chunk(long size) {
        outOfHead();
        if (size < 1) {
            throw new IllegalArgumentException("a chunk of " + size + " bytes");
        }
        int digits = (Long.SIZE - Long.numberOfLeadingZeros(size) + 3) / 4;
        reserve(digits + CRLF.length);
        for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
            array[length++] = (byte) Character.forDigit((int) (size >>> shift) & 0xF, 16);
        }
        length = append(CRLF, length);
        return this;
    }

    /** Ends a chunk's data. */
    public ResponseWriter chunkEnd() {
        return body(CRLF);
    }

    /** Ends a chunked body: the last chunk and an empty trailer section. */
    public ResponseWriter lastChunk() {
        return body(LAST_CHUNK);
    }

    private ResponseWriter line(byte[] line) {
        inHead();
        reserve(line.length);
        length = append(line, length);
        return this;
    }

    private ResponseWriter body(byte[] bytes) {
        outOfHead();
        reserve(bytes.length);
        length = append(bytes, length);
        return this;
    }

    private void inHead() {
        if (!inHead) {
            throw new IllegalStateException("no head was begun");
        }
    }

    private void outOfHead() {
        if (inHead) {
            throw new IllegalStateException("the head was not finished");
        }
    }

    private void reserve(int bytes) {
        if (array.length - length < bytes) {
            array = Arrays.copyOf(array, Math.max(2 * array.length, Math.addExact(length, bytes)));
        }
    }

    private int append(byte[] bytes, int at) {
        System.arraycopy(bytes, 0, array, at, bytes.length);
        return at + bytes.length;
    }

    /** Writes {@code text} beyond {@link #length}, which the caller moves when the whole line is in. */
    private int text(String text, int at, int allowed, String what) {
        byte[] target = array;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > 0xFF || !Tokens.is((byte) c, allowed)) {
                throw new IllegalArgumentException("%s contains U+%04X at %d".formatted(what, (int) c, i));
            }
            target[at + i] = (byte) c;
        }
        return at + text.length();
    }

    private int decimal(long value, int at) {
        int end = at + 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            end++;
        }
        long rest = value;
        for (int i = end - 1; i >= at; i--) {
            array[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return end;
    }

    private static void checkStatus(String status) {
        boolean digits = status.length() >= 3;
        for (int i = 0; digits && i < 3; i++) {
            digits = status.charAt(i) >= '0' && status.charAt(i) <= '9';
        }
        if (!digits || (status.length() > 3 && status.charAt(3) != ' ')) {
            throw new IllegalArgumentException("the status is not three digits, a space and a reason");
        }
    }
}
