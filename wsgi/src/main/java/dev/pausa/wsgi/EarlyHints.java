package dev.pausa.wsgi;

import java.util.List;

/** {@code environ["wsgi.early_hints"]}: what a client may fetch while the answer is being made (RFC 8297). Any thread. */
@FunctionalInterface
public interface EarlyHints {
    /**
     * Sends one 103 (Early Hints) at once. Without effect once the head of the response is on its way, for a client of
     * HTTP/1.0, which knows no interim responses, and for one that does not read.
     *
     * @param headers as for {@link StartResponse#start}, without Content-Length; usually {@code Link}
     * @throws ApplicationError if one of them breaks the contract
     */
    void send(List<Header> headers);
}
