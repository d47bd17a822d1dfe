package dev.pausa.http1;

/** {@code Host = uri-host [ ":" port ]} (RFC 9110, 7.2; RFC 3986, 3.2.2). */
public final class HostSyntax {
    private static final int GROUPS = 8;
    private static final int MAX_PORT = 65535;

    private HostSyntax() {}

    /** Whether the text is a host, perhaps with a port, or empty. */
    public static boolean valid(String text) {
        byte[] bytes = Tokens.bytes(text);
        return valid(bytes, 0, bytes.length);
    }

    /** Whether the text is an {@code IPv4address}: four decimal numbers, without leading zeros. */
    public static boolean ipv4(String text) {
        byte[] bytes = Tokens.bytes(text);
        return ipv4(bytes, 0, bytes.length);
    }

    /** Whether the text is an {@code IPv6address}, without brackets and zone. */
    public static boolean ipv6(String text) {
        byte[] bytes = Tokens.bytes(text);
        return ipv6(bytes, 0, bytes.length);
    }

    /** Whether the bytes are a host, perhaps with a port, or nothing at all (which {@code Host} may be). */
    static boolean valid(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int hostEnd = length > 0 && bytes[offset] == '[' ? literal(bytes, offset, end) : name(bytes, offset, end);
        if (hostEnd < 0) {
            return false;
        }
        return hostEnd == end || (hostEnd > offset && bytes[hostEnd] == ':' && port(bytes, hostEnd + 1, end));
    }

    /** {@code reg-name}, which IPv4 addresses are too: its end, or -1. */
    private static int name(byte[] bytes, int offset, int end) {
        int at = Tokens.skip(bytes, offset, end, Tokens.REG_NAME);
        for (int i = offset; i < at; i++) {
            boolean encoded = i + 2 < at && Tokens.is(bytes[i + 1], Tokens.HEX) && Tokens.is(bytes[i + 2], Tokens.HEX);
            if (bytes[i] == '%' && !encoded) {
                return -1;
            }
        }
        return at;
    }

    /** {@code port = *DIGIT}, below 65536. */
    private static boolean port(byte[] bytes, int offset, int end) {
        int port = 0;
        for (int i = offset; i < end; i++) {
            port = port * 10 + bytes[i] - '0';
            if (!Tokens.is(bytes[i], Tokens.DIGIT) || port > MAX_PORT) {
                return false;
            }
        }
        return true;
    }

    /** {@code IP-literal = "[" ( IPv6address / IPvFuture ) "]"}: its end, or -1. */
    private static int literal(byte[] bytes, int offset, int end) {
        int close = offset + 1;
        while (close < end && bytes[close] != ']') {
            close++;
        }
        boolean future = offset + 1 < close && Tokens.lower(bytes[offset + 1]) == 'v';
        boolean valid = future ? ipvFuture(bytes, offset + 2, close) : ipv6(bytes, offset + 1, close);
        return close < end && valid ? close + 1 : -1;
    }

    /** {@code IPvFuture = "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )}, from behind the v. */
    private static boolean ipvFuture(byte[] bytes, int offset, int end) {
        int dot = Tokens.skip(bytes, offset, end, Tokens.HEX);
        if (dot == offset || dot + 1 >= end || bytes[dot] != '.') {
            return false;
        }
        for (int i = dot + 1; i < end; i++) {
            if (bytes[i] == '%' || (bytes[i] != ':' && !Tokens.is(bytes[i], Tokens.REG_NAME))) {
                return false;
            }
        }
        return true;
    }

    /** Eight groups of one to four digits; {@code ::} once for one or more of them; IPv4 for the last two. */
    private static boolean ipv6(byte[] bytes, int offset, int end) {
        int groups = 0;
        boolean gap = false;
        int at = offset;
        if (at + 1 < end && bytes[at] == ':' && bytes[at + 1] == ':') {
            gap = true;
            at += 2;
        }
        while (at < end) {
            int groupEnd = Tokens.skip(bytes, at, end, Tokens.HEX);
            if (groupEnd < end && bytes[groupEnd] == '.') {
                return ipv4(bytes, at, end) && complete(groups + 2, gap);
            }
            if (groupEnd == at || groupEnd - at > 4) {
                return false;
            }
            groups++;
            at = groupEnd;
            if (at == end) {
                break;
            }
            boolean gapHere = at + 1 < end && bytes[at + 1] == ':';
            if (bytes[at] != ':' || (gapHere && gap) || at + 1 == end) {
                return false;
            }
            gap |= gapHere;
            at += gapHere ? 2 : 1;
        }
        return complete(groups, gap);
    }

    private static boolean complete(int groups, boolean gap) {
        return gap ? groups < GROUPS : groups == GROUPS;
    }

    private static boolean ipv4(byte[] bytes, int offset, int end) {
        int at = offset;
        for (int octet = 0; octet < 4; octet++) {
            int octetEnd = Tokens.skip(bytes, at, end, Tokens.DIGIT);
            int digits = octetEnd - at;
            if (digits == 0 || digits > 3 || (digits > 1 && bytes[at] == '0')) {
                return false;
            }
            if (Integer.parseInt(Tokens.text(bytes, at, digits)) > 255) {
                return false;
            }
            boolean last = octet == 3;
            if (last ? octetEnd != end : octetEnd == end || bytes[octetEnd] != '.') {
                return false;
            }
            at = octetEnd + 1;
        }
        return true;
    }
}
