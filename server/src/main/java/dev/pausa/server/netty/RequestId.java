package dev.pausa.server.netty;

import dev.pausa.http1.RequestHead;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What a request is called in logs, and by its user: 1 to 128 characters that need no quoting anywhere. */
final class RequestId {
    private static final int LONGEST = 128;

    private RequestId() {}

    /** 128 random bits in 32 lower-case hexadecimal digits, as the trace-id of W3C Trace Context. Not a secret. */
    static String random() {
        var random = ThreadLocalRandom.current();
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
    }

    /** The one that a peer which is trusted gave the request, else a new one. */
    static String of(@Nullable RequestHead head, Peer peer, Service service) {
        String given = head != null && peer.trusted()
                ? given(head, service.config.reporting().requestIdSource())
                : null;
        return given == null ? random() : given;
    }

    /** The one that {@code field} brings, or {@code null} if there is none that can be used. */
    static @Nullable String given(RequestHead head, String field) {
        String value = head.value(field);
        return value != null && usable(value) ? value : null;
    }

    private static boolean usable(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!letter && "-._~+/=:@".indexOf(c) < 0) {
                return false;
            }
        }
        return !value.isEmpty() && value.length() <= LONGEST;
    }
}
