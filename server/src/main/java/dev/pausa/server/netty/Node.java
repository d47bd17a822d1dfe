package dev.pausa.server.netty;

import dev.pausa.server.Networks;
import java.net.InetAddress;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A hop of a request, as a proxy calls it (RFC 7239, 6).
 *
 * @param address {@code null} if the proxy does not know or does not tell
 * @param port empty if not told
 */
record Node(@Nullable InetAddress address, String port) {
    private static final Pattern OBFUSCATED = Pattern.compile("_[A-Za-z0-9._-]+");
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

    /**
     * Reads {@code nodename [ ":" node-port ]}.
     *
     * @param bareIpv6 whether IPv6 may stand without brackets, and then without a port, as in X-Forwarded-For
     * @return {@code null} if it is none
     */
    static @Nullable Node parse(String text, boolean bareIpv6) {
        int close = text.startsWith("[") ? text.indexOf(']') : -1;
        int colon = text.indexOf(':', close + 1);
        if (close < 0 && colon >= 0 && text.indexOf(':', colon + 1) >= 0) {
            InetAddress address = bareIpv6 ? Networks.address(text) : null;
            return address == null ? null : new Node(address, "");
        }
        int end = colon < 0 ? text.length() : colon;
        String port = colon < 0 ? "" : port(text.substring(colon + 1));
        if (port == null || (close >= 0 && close + 1 != end)) {
            return null;
        }
        return close < 0 ? named(text.substring(0, end), port) : literal(text.substring(1, close), port);
    }

    private static @Nullable Node named(String name, String port) {
        if (name.equalsIgnoreCase("unknown") || OBFUSCATED.matcher(name).matches()) {
            return new Node(null, "");
        }
        InetAddress address = Networks.address(name);
        return address == null ? null : new Node(address, port);
    }

    private static @Nullable Node literal(String name, String port) {
        InetAddress address = name.indexOf(':') < 0 ? null : Networks.address(name);
        return address == null ? null : new Node(address, port);
    }

    /** {@code null} if it is none, empty if it is obfuscated. */
    private static @Nullable String port(String text) {
        if (OBFUSCATED.matcher(text).matches()) {
            return "";
        }
        return PORT.matcher(text).matches() && Integer.parseInt(text) <= 65_535 ? text : null;
    }
}
