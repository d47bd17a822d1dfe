package dev.pausa.http1;

import dev.pausa.http1.RequestHead.Form;
import dev.pausa.http1.RequestHead.Framing;

/** Judges a head whose syntax is right: what its target and its field lines say, and whether they agree. */
final class HeadRules {
    private static final int NONE = -1;

    private final byte[] bytes;
    private final RequestLine line;
    private final int[] spans;

    private int host = NONE;
    private int contentType = NONE;
    private int contentLength = NONE;
    private int transferEncoding = NONE;
    private boolean close;
    private boolean keepAlive;
    private boolean expectContinue;

    HeadRules(byte[] bytes, RequestLine line, int[] spans) {
        this.bytes = bytes;
        this.line = line;
        this.spans = spans;
    }

    /** Raises {@link Refused} if a rule is broken. */
    Terms judge() {
        for (int at = 0; at < spans.length; at += RequestHead.SPAN) {
            field(at);
        }
        Form form =
                TargetForm.of(bytes, line, host == NONE ? NONE : spans[host + 2], host == NONE ? 0 : spans[host + 3]);
        Framing framing = framing();
        return new Terms(form, framing, persists(), expectContinue && hasBody(framing));
    }

    /** The length alone tells most fields apart. */
    private void field(int at) {
        switch (spans[at + 1]) {
            case 4 -> {
                if (named(at, "host")) {
                    host = only(host, at, "RFC 9112, 3.2", "more than one Host");
                }
            }
            case 6 -> {
                if (named(at, "expect")) {
                    expect(at);
                }
            }
            case 10 -> {
                if (named(at, "connection")) {
                    connection(at);
                }
            }
            case 12 -> {
                if (named(at, "content-type")) {
                    contentType = only(contentType, at, "RFC 9110, 5.3", "more than one Content-Type");
                }
            }
            case 14 -> {
                if (named(at, "content-length")) {
                    contentLength = only(contentLength, at, "RFC 9112, 6.3", "more than one Content-Length");
                }
            }
            case 17 -> {
                if (named(at, "transfer-encoding")) {
                    transferEncoding = only(transferEncoding, at, "RFC 9112, 6.1", "more than one Transfer-Encoding");
                }
            }
            default -> {}
        }
    }

    private boolean named(int at, String name) {
        return Tokens.equalsIgnoreCase(bytes, spans[at], spans[at + 1], name);
    }

    private static int only(int before, int at, String rule, String reason) {
        if (before != NONE) {
            throw Refused.bad(rule, reason);
        }
        return at;
    }

    /** "A server that receives a 100-continue expectation in an HTTP/1.0 request MUST ignore" it (RFC 9110, 10.1.1). */
    private void expect(int at) {
        if (!Tokens.equalsIgnoreCase(bytes, spans[at + 2], spans[at + 3], "100-continue")) {
            throw Refused.with(417, "RFC 9110, 10.1.1", "an expectation other than 100-continue");
        }
        expectContinue = line.minorVersion() == 1;
    }

    private void connection(int at) {
        int end = spans[at + 2] + spans[at + 3];
        int option = spans[at + 2];
        while (option < end) {
            int optionEnd = Tokens.skip(bytes, option, end, Tokens.TCHAR);
            close |= Tokens.equalsIgnoreCase(bytes, option, optionEnd - option, "close");
            keepAlive |= Tokens.equalsIgnoreCase(bytes, option, optionEnd - option, "keep-alive");
            option = optionEnd + 1;
        }
    }

    /** RFC 9112, 9.3. */
    private boolean persists() {
        return !close && (line.minorVersion() == 1 || keepAlive);
    }

    /** RFC 9112, 6.3, for requests. */
    private Framing framing() {
        if (transferEncoding != NONE) {
            if (line.minorVersion() == 0) {
                throw Refused.bad("RFC 9112, 6.1", "Transfer-Encoding in HTTP/1.0");
            }
            if (contentLength != NONE) {
                throw Refused.bad("RFC 9112, 6.3", "both Transfer-Encoding and Content-Length");
            }
            checkCoding(spans[transferEncoding + 2], spans[transferEncoding + 3]);
            return Framing.Chunked.CHUNKED;
        }
        return contentLength == NONE
                ? Framing.None.NONE
                : new Framing.Length(length(spans[contentLength + 2], spans[contentLength + 3]));
    }

    /**
     * Only {@code chunked} by itself passes. If another coding is the last one, "the server MUST respond with the 400"
     * (6.3); if others come before it, "SHOULD respond with 501" (6.1). Parameters "SHOULD be treated as an error" (7.1).
     */
    private void checkCoding(int offset, int length) {
        if (Tokens.equalsIgnoreCase(bytes, offset, length, "chunked")) {
            return;
        }
        int last = offset + length;
        while (last > offset && Tokens.is(bytes[last - 1], Tokens.TCHAR)) {
            last--;
        }
        boolean stacked = last > offset && (bytes[last - 1] == ',' || Tokens.is(bytes[last - 1], Tokens.SPACE));
        if (!stacked || !Tokens.equalsIgnoreCase(bytes, last, offset + length - last, "chunked")) {
            throw Refused.bad("RFC 9112, 6.3", "a Transfer-Encoding that does not end in chunked alone");
        }
        throw Refused.with(501, "RFC 9112, 6.1", "a Transfer-Encoding of more than chunked");
    }

    /** {@code Content-Length = 1*DIGIT} (RFC 9110, 8.6); a list is refused, though equal members might be taken as one. */
    private long length(int offset, int length) {
        int digits = Tokens.skip(bytes, offset, offset + length, Tokens.DIGIT) - offset;
        if (digits != length || digits == 0) {
            throw Refused.bad("RFC 9112, 6.3", "a Content-Length that is not a number");
        }
        long value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = bytes[offset + i] - '0';
            if (value > (Long.MAX_VALUE - digit) / 10) {
                throw Refused.with(413, "RFC 9110, 8.6", "a Content-Length above " + Long.MAX_VALUE);
            }
            value = value * 10 + digit;
        }
        return value;
    }

    private static boolean hasBody(Framing framing) {
        return switch (framing) {
            case Framing.None _ -> false;
            case Framing.Length length -> length.bytes() > 0;
            case Framing.Chunked _ -> true;
        };
    }
}
