package dev.pausa.http1;

import org.jspecify.annotations.Nullable;

/** Reads a request line: {@code method SP request-target SP HTTP-version CRLF} (RFC 9112, 3). */
final class RequestLineReader {
    private static final String[] METHODS = {
        "GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE", "PROPFIND", "QUERY"
    };
    private static final int VERSION_LENGTH = "HTTP/1.1".length();

    private enum Part {
        METHOD,
        TARGET,
        VERSION,
        LINE_FEED
    }

    private final HeadLimits limits;
    private Part part = Part.METHOD;
    private int targetOffset;
    private int versionOffset;

    RequestLineReader(HeadLimits limits) {
        this.limits = limits;
    }

    /** The line that begins at byte 0 of {@code in}, or {@code null} if more bytes are needed. Ready for another then. */
    @Nullable
    RequestLine read(HeadBuffer in) {
        while (in.position < in.filled) {
            switch (part) {
                case METHOD -> method(in);
                case TARGET -> target(in);
                case VERSION -> version(in);
                case LINE_FEED -> {
                    return end(in);
                }
            }
        }
        if (part != Part.LINE_FEED) {
            checkSize(in.position);
        }
        return null;
    }

    private void method(HeadBuffer in) {
        in.position = skip(in, Tokens.TCHAR);
        if (in.position == in.filled) {
            return;
        }
        byte b = in.bytes[in.position];
        if (b != ' ') {
            throw refuse(in, "RFC 9112, 3.1", b, "in the method");
        }
        if (in.position == 0) {
            throw refuse(in, "RFC 9112, 3.1", b, "before the method");
        }
        targetOffset = ++in.position;
        part = Part.TARGET;
    }

    private void target(HeadBuffer in) {
        in.position = skip(in, Tokens.TARGET);
        if (in.position == in.filled) {
            return;
        }
        byte b = in.bytes[in.position];
        if (b != ' ') {
            throw b == '\r'
                    ? refuse(in, "RFC 9112, 3", "a request line without a version, as in HTTP/0.9")
                    : refuse(in, "RFC 9112, 3.2", b, "in the request target");
        }
        if (in.position == targetOffset) {
            throw refuse(in, "RFC 9112, 3", "two spaces after the method");
        }
        versionOffset = ++in.position;
        part = Part.VERSION;
    }

    private void version(HeadBuffer in) {
        byte b = in.bytes[in.position];
        if (b == '\r') {
            checkSize(in.position);
            part = Part.LINE_FEED;
        } else if (in.position - versionOffset == VERSION_LENGTH || !Tokens.is(b, Tokens.TARGET)) {
            throw refuse(in, "RFC 9112, 2.3", b, "in or after the version");
        }
        in.position++;
    }

    private RequestLine end(HeadBuffer in) {
        if (in.bytes[in.position] != '\n') {
            throw Refused.bad("RFC 9112, 2.2", "a bare carriage return after the version");
        }
        in.position++;
        part = Part.METHOD;
        int minor = minorVersion(in.bytes, in.position - 2 - versionOffset);
        return new RequestLine(method(in.bytes), targetOffset, versionOffset - 1 - targetOffset, minor);
    }

    /** {@code HTTP-version = HTTP-name "/" DIGIT "." DIGIT}, case-sensitive (2.3). */
    private int minorVersion(byte[] bytes, int length) {
        int at = versionOffset;
        if (length != VERSION_LENGTH
                || !Tokens.equals(bytes, at, 5, "HTTP/")
                || !Tokens.is(bytes[at + 5], Tokens.DIGIT)
                || bytes[at + 6] != '.'
                || !Tokens.is(bytes[at + 7], Tokens.DIGIT)) {
            throw Refused.bad("RFC 9112, 2.3", "the version is not HTTP/1.0 or HTTP/1.1");
        }
        if (bytes[at + 5] != '1') {
            throw Refused.with(505, "RFC 9110, 15.6.6", "major version " + (char) bytes[at + 5] + " of HTTP");
        }
        return bytes[at + 7] == '0' ? 0 : 1;
    }

    private String method(byte[] bytes) {
        int length = targetOffset - 1;
        for (String method : METHODS) {
            if (Tokens.equals(bytes, 0, length, method)) {
                return method;
            }
        }
        return Tokens.text(bytes, 0, length);
    }

    private static int skip(HeadBuffer in, int classes) {
        return Tokens.skip(in.bytes, in.position, in.filled, classes);
    }

    /** The size is judged before anything else, so that a line is refused alike in whatever pieces it comes. */
    private Refused refuse(HeadBuffer in, String rule, byte found, String where) {
        checkSize(found == '\r' ? in.position : in.position + 1);
        return Refused.badByte(rule, found, where);
    }

    private Refused refuse(HeadBuffer in, String rule, String reason) {
        checkSize(in.position);
        return Refused.bad(rule, reason);
    }

    private void checkSize(int bytes) {
        if (bytes > limits.requestLine()) {
            throw Refused.with(414, "RFC 9112, 3", "a request line of more than " + limits.requestLine() + " bytes");
        }
    }
}
