package dev.pausa.server;

import org.jspecify.annotations.Nullable;

/**
 * What requests and errors are called, and who is shown what of them.
 *
 * @param debug whether the page of a failed application shows what was thrown, to whoever asked: never in the open
 * @param requestIdField the response field that each response carries the request's id in; then the environ has it as well.
 *     {@code null}: an id is made only for a request that is reported
 */
public record Reporting(boolean debug, @Nullable String requestIdField) {
    /** Names of fields (RFC 9110, 5.1), but for those with underscores, which never reach an application. */
    public static final String FIELD_NAME = "[!#$%&'*+.^`|~0-9A-Za-z-]+";

    /** No tracebacks; ids where they are needed. */
    public static final Reporting DEFAULT = new Reporting(false, null);

    /** The field that brings an id, unless another is set. */
    public static final String REQUEST_ID = "X-Request-ID";

    /** Refuses what is no field name (RFC 9110, 5.1). */
    public Reporting {
        if (requestIdField != null && !requestIdField.matches(FIELD_NAME)) {
            throw new IllegalArgumentException("not a name of a field: " + requestIdField);
        }
    }

    /** The field that brings an id, from peers that are trusted. */
    public String requestIdSource() {
        return requestIdField == null ? REQUEST_ID : requestIdField;
    }
}
