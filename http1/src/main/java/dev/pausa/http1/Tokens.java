package dev.pausa.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** Classes of bytes in HTTP's grammar, as one table of bits, and comparisons of bytes with ASCII text. */
final class Tokens {
    /** {@code tchar} (RFC 9110, 5.6.2): in methods, field names and options. */
    static final int TCHAR = 1;
    /** {@code HTAB / SP / VCHAR / obs-text} (RFC 9110, 5.5): in field values and reason phrases. */
    static final int VALUE = 1 << 1;
    /**
     * In a request target. Wider than RFC 3986, because browsers send <code>[ ] { } | ^ \ `</code> unencoded; narrower
     * than {@code VCHAR}, because a fragment is never sent.
     */
    static final int TARGET = 1 << 2;
    /** {@code unreserved / sub-delims} and the percent sign (RFC 3986, 3.2.2): in a {@code reg-name}. */
    static final int REG_NAME = 1 << 3;
    /** {@code DIGIT}. */
    static final int DIGIT = 1 << 4;
    /** {@code HEXDIG}, in either case. */
    static final int HEX = 1 << 5;
    /** {@code SP / HTAB}. */
    static final int SPACE = 1 << 6;

    private static final String ALPHANUMERIC = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private static final byte[] CLASSES = classes();

    private Tokens() {}

    static boolean is(byte b, int classes) {
        return (CLASSES[b & 0xFF] & classes) != 0;
    }

    /** The first index from {@code from} whose byte is not in {@code classes}, or {@code to}. */
    static int skip(byte[] bytes, int from, int to, int classes) {
        int at = from;
        while (at < to && (CLASSES[bytes[at] & 0xFF] & classes) != 0) {
            at++;
        }
        return at;
    }

    static String text(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, ISO_8859_1);
    }

    /** The value of a hexadecimal digit. */
    static int hex(byte b) {
        return b <= '9' ? b - '0' : (b | 0x20) - 'a' + 10;
    }

    static byte[] bytes(String ascii) {
        return ascii.getBytes(ISO_8859_1);
    }

    /** Whether the bytes are this ASCII text. */
    static boolean equals(byte[] bytes, int offset, int length, String ascii) {
        if (length != ascii.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (bytes[offset + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the bytes are this ASCII text, in any case. */
    static boolean equalsIgnoreCase(byte[] bytes, int offset, int length, String ascii) {
        if (length != ascii.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (lower(bytes[offset + i]) != lower((byte) ascii.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
    }

    private static byte[] classes() {
        byte[] classes = new byte[256];
        mark(classes, "!#$%&'*+-.^_`|~" + ALPHANUMERIC, TCHAR);
        mark(classes, "-._~!$&'()*+,;=%" + ALPHANUMERIC, REG_NAME);
        mark(classes, "0123456789", DIGIT);
        mark(classes, "0123456789abcdefABCDEF", HEX);
        mark(classes, " \t", SPACE | VALUE);
        for (int b = 0x21; b <= 0xFF; b++) {
            if (b != 0x7F) {
                classes[b] |= VALUE;
            }
            if (b < 0x7F && b != '#') {
                classes[b] |= TARGET;
            }
        }
        return classes;
    }

    private static void mark(byte[] classes, String members, int bits) {
        for (byte member : bytes(members)) {
            classes[member] |= (byte) bits;
        }
    }
}
