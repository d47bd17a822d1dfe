package dev.pausa.exchange;

import dev.pausa.wsgi.Header;
import java.util.List;

/** The start_response and commit rules (PEP 3333; P19). */
public final class ResponseHead {
    private ResponseHead() {}

    /**
     * A head that will not change any more.
     *
     * @param code the status code, 200 to 999
     * @param status code, space and reason as the application gave them
     * @param headers as the application gave them, validated
     * @param contentLength bytes of the body: declared, or derived from a single chunk; -1 if unknown
     * @param bodyless whether the response can have no body (HEAD, 204, 304)
     */
    public record Committed(int code, String status, List<Header> headers, long contentLength, boolean bodyless) {}
}
