package dev.pausa.server.netty;

import dev.pausa.wsgi.Name;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** From the bytes of a field name, in any case, to the shared {@link Name} of its CGI variable, without a String. */
final class FieldNames {
    private static final byte[] LOWER = lower();
    private static final Entry[] TABLE = new Entry[512];

    private record Entry(byte[] field, Name name, @Nullable Entry next) {}

    static {
        for (String text : Name.shared()) {
            if (text.startsWith("HTTP_") && !text.equals("HTTP_TRANSFER_ENCODING")) {
                enter(text.substring(5), Name.of(text));
            }
        }
        enter("CONTENT_TYPE", Name.of("CONTENT_TYPE"));
        enter("CONTENT_LENGTH", Name.of("CONTENT_LENGTH"));
    }

    private FieldNames() {}

    /** The shared name of the variable, or {@code null} if it has none. No known field name has an underscore. */
    static @Nullable Name known(byte[] bytes, int offset, int length) {
        for (Entry e = TABLE[slot(bytes, offset, length)]; e != null; e = e.next) {
            if (equals(e.field, bytes, offset, length)) {
                return e.name;
            }
        }
        return null;
    }

    /** The name of the variable of a field that is not known. */
    static Name other(byte[] bytes, int offset, int length) {
        String field = new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
        return Name.of("HTTP_" + field.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** Whether the field is called {@code name}, which is in lower case. */
    static boolean equals(byte[] name, byte[] bytes, int offset, int length) {
        return name.length == length && startsWith(name, bytes, offset, length);
    }

    /** Whether the field's name begins with {@code prefix}, which is in lower case. */
    static boolean startsWith(byte[] prefix, byte[] bytes, int offset, int length) {
        if (prefix.length > length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (LOWER[bytes[offset + i] & 0xff] != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    private static void enter(String variable, Name name) {
        byte[] field = variable.toLowerCase(Locale.ROOT).replace('_', '-').getBytes(StandardCharsets.ISO_8859_1);
        int slot = slot(field, 0, field.length);
        TABLE[slot] = new Entry(field, name, TABLE[slot]);
    }

    /** Length, first, middle and last byte tell the shared names apart well enough. */
    private static int slot(byte[] bytes, int offset, int length) {
        int hash = length;
        hash = 31 * hash + LOWER[bytes[offset] & 0xff];
        hash = 31 * hash + LOWER[bytes[offset + length / 2] & 0xff];
        hash = 31 * hash + LOWER[bytes[offset + length - 1] & 0xff];
        return (hash ^ hash >>> 9) & (TABLE.length - 1);
    }

    private static byte[] lower() {
        byte[] table = new byte[256];
        for (int i = 0; i < table.length; i++) {
            table[i] = (byte) (i >= 'A' && i <= 'Z' ? i + 32 : i);
        }
        return table;
    }
}
