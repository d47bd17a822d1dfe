package dev.pausa.wsgi;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The name of a CGI or WSGI variable. Common ones are shared and numbered, so that a bridge to another language keeps
 * its own copy of each in an array.
 */
public final class Name {
    private static final List<String> COMMON = List.of(
            "REQUEST_METHOD",
            "SCRIPT_NAME",
            "PATH_INFO",
            "QUERY_STRING",
            "RAW_URI",
            "REQUEST_URI",
            "CONTENT_TYPE",
            "CONTENT_LENGTH",
            "SERVER_NAME",
            "SERVER_PORT",
            "SERVER_PROTOCOL",
            "SERVER_SOFTWARE",
            "REMOTE_ADDR",
            "REMOTE_PORT",
            "HTTPS",
            "wsgi.url_scheme",
            "HTTP_HOST",
            "HTTP_USER_AGENT",
            "HTTP_ACCEPT",
            "HTTP_ACCEPT_CHARSET",
            "HTTP_ACCEPT_ENCODING",
            "HTTP_ACCEPT_LANGUAGE",
            "HTTP_AUTHORIZATION",
            "HTTP_CACHE_CONTROL",
            "HTTP_CONNECTION",
            "HTTP_COOKIE",
            "HTTP_DATE",
            "HTTP_DNT",
            "HTTP_EXPECT",
            "HTTP_FORWARDED",
            "HTTP_FROM",
            "HTTP_IF_MATCH",
            "HTTP_IF_MODIFIED_SINCE",
            "HTTP_IF_NONE_MATCH",
            "HTTP_IF_RANGE",
            "HTTP_IF_UNMODIFIED_SINCE",
            "HTTP_KEEP_ALIVE",
            "HTTP_LAST_EVENT_ID",
            "HTTP_ORIGIN",
            "HTTP_PRAGMA",
            "HTTP_PRIORITY",
            "HTTP_RANGE",
            "HTTP_REFERER",
            "HTTP_SEC_CH_UA",
            "HTTP_SEC_CH_UA_MOBILE",
            "HTTP_SEC_CH_UA_PLATFORM",
            "HTTP_SEC_FETCH_DEST",
            "HTTP_SEC_FETCH_MODE",
            "HTTP_SEC_FETCH_SITE",
            "HTTP_SEC_FETCH_USER",
            "HTTP_TE",
            "HTTP_TRANSFER_ENCODING",
            "HTTP_UPGRADE",
            "HTTP_UPGRADE_INSECURE_REQUESTS",
            "HTTP_VIA",
            "HTTP_X_CSRF_TOKEN",
            "HTTP_X_FORWARDED_FOR",
            "HTTP_X_FORWARDED_HOST",
            "HTTP_X_FORWARDED_PORT",
            "HTTP_X_FORWARDED_PREFIX",
            "HTTP_X_FORWARDED_PROTO",
            "HTTP_X_REAL_IP",
            "HTTP_X_REQUEST_ID",
            "HTTP_X_REQUESTED_WITH",
            "pausa.request_id");

    private static final Map<String, Name> BY_TEXT = common();

    private final String text;
    private final int number;

    private Name(String text, int number) {
        this.text = text;
        this.number = number;
    }

    private static Map<String, Name> common() {
        Map<String, Name> names = HashMap.newHashMap(COMMON.size());
        for (String text : COMMON) {
            names.put(text, new Name(text, names.size()));
        }
        return Map.copyOf(names);
    }

    /** The shared name with this text, or a new one without a number. */
    public static Name of(String text) {
        Name common = BY_TEXT.get(text);
        return common == null ? new Name(text, -1) : common;
    }

    /** The texts of all shared names, by number. */
    public static List<String> shared() {
        return COMMON;
    }

    /** As it stands in {@code environ}. */
    public String text() {
        return text;
    }

    /** Index in {@link #shared()}, or -1. */
    public int number() {
        return number;
    }

    @Override
    public String toString() {
        return text;
    }
}
