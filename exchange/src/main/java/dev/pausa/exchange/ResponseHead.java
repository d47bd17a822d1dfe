package dev.pausa.exchange;

import dev.pausa.wsgi.ApplicationError;
import dev.pausa.wsgi.Header;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** The start_response and commit rules (PEP 3333, "The start_response() Callable"; P19). Used by one thread at a time. */
public final class ResponseHead {
    /** PEP 3333, "Other HTTP Features": hop-by-hop features are the server's. Status is CGI's. */
    private static final Set<String> FORBIDDEN = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "trailers",
            "transfer-encoding",
            "upgrade",
            "status");

    /** A bit for each length that a forbidden name has: most names need no further look. */
    private static final long FORBIDDEN_LENGTHS =
            FORBIDDEN.stream().mapToLong(name -> 1L << name.length()).reduce(0, (all, bit) -> all | bit);

    private static final boolean[] TCHAR = tchars();

    private final boolean head;
    private boolean called;
    private @Nullable String status;
    private List<Header> headers = List.of();
    private long contentLength = -1;
    private @Nullable Committed committed;

    /** {@code head}: whether the request method is HEAD. */
    ResponseHead(boolean head) {
        this.head = head;
    }

    /**
     * A head that will not change any more.
     *
     * @param code the status code, 200 to 999
     * @param status code, space and reason as the application gave them
     * @param headers as the application gave them, validated; white space around values removed
     * @param contentLength bytes of the body: declared, or derived from a single chunk; -1 if unknown
     * @param bodyless whether the response can have no body (HEAD, 204, 304)
     */
    public record Committed(int code, String status, List<Header> headers, long contentLength, boolean bodyless) {}

    /** A call of start_response; what it says takes effect with {@link #commit}. */
    void start(String status, List<Header> headers, @Nullable Throwable failure) throws Exception {
        if (failure == null && called) {
            throw new ApplicationError("start_response was called a second time without exc_info");
        }
        if (failure != null && committed != null) {
            throw raise(failure);
        }
        called = true;
        this.status = null;
        checkStatus(status);
        long length = -1;
        List<Header> checked = List.copyOf(headers);
        boolean padded = false;
        for (Header header : checked) {
            checkName(header.name());
            padded |= checkValue(header);
            if (header.name().equalsIgnoreCase("content-length")) {
                if (length >= 0) {
                    throw new ApplicationError("Content-Length is there twice");
                }
                length = contentLength(header.value().strip());
            }
        }
        this.headers = padded ? stripped(checked) : checked;
        this.contentLength = length;
        this.status = status;
    }

    /** The fields of an interim response: by the same rules. */
    static List<Header> interim(List<Header> headers) {
        List<Header> checked = List.copyOf(headers);
        boolean padded = false;
        for (Header header : checked) {
            checkName(header.name());
            padded |= checkValue(header);
            // "A server MUST NOT send a Content-Length header field in any response with a status code of 1xx" (RFC
            // 9110, 8.6)
            if (header.name().equalsIgnoreCase("content-length")) {
                throw new ApplicationError("an interim response has no Content-Length");
            }
        }
        return padded ? stripped(checked) : checked;
    }

    /** Whether start_response was called and its arguments were in order. */
    boolean started() {
        return status != null;
    }

    @Nullable
    Committed committed() {
        return committed;
    }

    /** The length that the application declared for a body that will be sent, -1 if none. */
    long declared() {
        return bodyless() ? -1 : contentLength;
    }

    /** The length to derive when the body ended without data: 0, but that of a GET is not known to a HEAD. */
    long lengthOfNothing() {
        return head ? -1 : 0;
    }

    /** Whether the response can have no body. */
    boolean bodyless() {
        return head || status != null && (status.startsWith("204") || status.startsWith("304"));
    }

    /**
     * Fixes the head.
     *
     * @param length bytes of the whole body if the server knows them without the application's help, otherwise -1
     */
    Committed commit(long length) {
        String status = this.status;
        if (status == null) {
            throw new ApplicationError("no start_response before the first data or the end of the body");
        }
        int code = Integer.parseInt(status, 0, 3, 10);
        boolean derive = contentLength < 0 && code != 204 && code != 304;
        var fixed = new Committed(code, status, headers, derive ? length : contentLength, bodyless());
        committed = fixed;
        return fixed;
    }

    /** Fixes a head of the server's own, whatever the application said. */
    Committed commit(int code, String status, List<Header> headers, long length) {
        var fixed = new Committed(code, status, headers, length, head);
        committed = fixed;
        return fixed;
    }

    private static void checkStatus(String status) {
        boolean shaped = status.length() >= 4 && status.charAt(3) == ' ';
        for (int i = 0; shaped && i < 3; i++) {
            shaped = status.charAt(i) >= '0' && status.charAt(i) <= '9';
        }
        if (!shaped) {
            throw new ApplicationError("status is not three digits, a space and a reason: " + quoted(status));
        }
        // "separated by a single space, with no surrounding whitespace"; RFC 9112, 4 lets the reason be absent.
        if (status.length() > 4 && (status.charAt(4) == ' ' || status.endsWith(" "))) {
            throw new ApplicationError(
                    "status has more than one space between code and reason, or one behind it: " + quoted(status));
        }
        if (status.charAt(0) < '2') {
            throw new ApplicationError("status is not final, or not one: " + quoted(status));
        }
        for (int i = 4; i < status.length(); i++) {
            if (!printable(status.charAt(i))) {
                throw new ApplicationError("status has a character that HTTP forbids: " + quoted(status));
            }
        }
    }

    /** RFC 9110, 5.1 and 5.6.2: a token. */
    private static void checkName(String name) {
        boolean token = !name.isEmpty();
        for (int i = 0; token && i < name.length(); i++) {
            token = tchar(name.charAt(i));
        }
        if (!token) {
            throw new ApplicationError("header name is not a token: " + quoted(name));
        }
        if ((FORBIDDEN_LENGTHS >> name.length() & 1) != 0
                && name.length() < Long.SIZE
                && FORBIDDEN.contains(name.toLowerCase(Locale.ROOT))) {
            throw new ApplicationError("header is the server's business: " + name);
        }
    }

    /** RFC 9110, 5.5. Answers whether there is white space around the value, which is not part of it. */
    private static boolean checkValue(Header header) {
        String value = header.value();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (!printable(c) && c != '\t') {
                throw new ApplicationError(
                        "header " + header.name() + " has a character that HTTP forbids: " + quoted(value));
            }
        }
        return !value.isEmpty() && (blank(value.charAt(0)) || blank(value.charAt(value.length() - 1)));
    }

    private static boolean tchar(char c) {
        return c < TCHAR.length && TCHAR[c];
    }

    private static boolean[] tchars() {
        var tchars = new boolean[0x80];
        for (char c = '!'; c < tchars.length; c++) {
            tchars[c] = c < 0x7f && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
        }
        return tchars;
    }

    /** VCHAR, SP or obs-text. */
    private static boolean printable(char c) {
        return c >= ' ' && c < 0x7f || c >= 0x80 && c <= 0xff;
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t';
    }

    /** RFC 9110, 8.6. */
    private static long contentLength(String value) {
        boolean digits = !value.isEmpty();
        for (int i = 0; digits && i < value.length(); i++) {
            digits = value.charAt(i) >= '0' && value.charAt(i) <= '9';
        }
        try {
            if (digits) {
                return Long.parseLong(value);
            }
        } catch (NumberFormatException tooLarge) {
            // Said below.
        }
        throw new ApplicationError("Content-Length is not a number of bytes: " + quoted(value));
    }

    private static List<Header> stripped(List<Header> headers) {
        List<Header> stripped = new ArrayList<>(headers.size());
        for (Header header : headers) {
            String value = header.value();
            int from = 0;
            int to = value.length();
            while (from < to && blank(value.charAt(from))) {
                from++;
            }
            while (to > from && blank(value.charAt(to - 1))) {
                to--;
            }
            stripped.add(new Header(header.name(), value.substring(from, to)));
        }
        return List.copyOf(stripped);
    }

    /** For messages: control characters and what is beyond Latin-1 escaped, and not too long. */
    private static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        for (int i = 0; i < Math.min(text.length(), 80); i++) {
            char c = text.charAt(i);
            if (printable(c)) {
                quoted.append(c);
            } else {
                quoted.append(String.format("\\u%04x", (int) c));
            }
        }
        return quoted.append(text.length() > 80 ? "\"..." : "\"").toString();
    }

    /** {@code failure} to be thrown; what is neither checked nor unchecked but a bare throwable goes as the cause. */
    private static Exception raise(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof Exception exception ? exception : new ExecutionException(failure);
    }
}
