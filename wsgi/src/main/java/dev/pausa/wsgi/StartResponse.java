package dev.pausa.wsgi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Begins the response (PEP 3333, "The start_response() Callable"). Called inside a step only. */
@FunctionalInterface
public interface StartResponse {
    /**
     * Takes status and headers; nothing is sent before the first non-empty chunk, the first {@link Write#write} or the
     * end of the body (P19).
     *
     * @param status code, one space and reason, as in {@code "200 OK"}
     * @param failure why an earlier response is replaced ({@code exc_info}); {@code null} in a first call
     * @throws ApplicationError if an argument breaks the contract, or in a second call without {@code failure}
     * @throws Exception {@code failure} itself, if the headers were already sent
     */
    Write start(String status, List<Header> headers, @Nullable Throwable failure) throws Exception;

    /** A first call. */
    default Write start(String status, List<Header> headers) throws Exception {
        return start(status, headers, null);
    }
}
