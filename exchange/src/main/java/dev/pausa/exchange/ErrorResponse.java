package dev.pausa.exchange;

import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Header;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The server's own response to a request whose application gave none.
 *
 * @param status code, space and reason
 * @param headers but for Content-Length
 * @param body what the client is told; kept, not copied
 */
public record ErrorResponse(String status, List<Header> headers, byte[] body) {
    /** Copies the list. */
    public ErrorResponse {
        headers = List.copyOf(headers);
    }

    /** The status for {@code reason}: 500 for a failure, otherwise 503. */
    public static String status(CloseReason reason) {
        return reason == CloseReason.ERROR ? "500 Internal Server Error" : "503 Service Unavailable";
    }

    /** The status as a line of text; who gets a 503 may come again (P35). */
    static ErrorResponse plain(CloseReason reason) {
        List<Header> headers = new ArrayList<>(2);
        headers.add(new Header("Content-Type", "text/plain; charset=utf-8"));
        if (reason != CloseReason.ERROR) {
            headers.add(new Header("Retry-After", "1"));
        }
        return new ErrorResponse(status(reason), headers, (status(reason) + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    int code() {
        return Integer.parseInt(status, 0, 3, 10);
    }

    /** As they are sent. */
    List<Header> allHeaders() {
        List<Header> all = new ArrayList<>(headers.size() + 1);
        all.add(new Header("Content-Length", Integer.toString(body.length)));
        all.addAll(headers);
        return List.copyOf(all);
    }
}
