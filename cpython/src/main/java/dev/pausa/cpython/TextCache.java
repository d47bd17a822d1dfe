package dev.pausa.cpython;

import dev.pausa.cpython.capi.PyObjects;
import dev.pausa.cpython.capi.PyUnicode;
import org.jspecify.annotations.Nullable;

/**
 * Java's strings for strings of Python that come again and again: an application's status and headers are mostly constants
 * of its code. One that comes a second time is kept, and with it its address. All methods run attached, which guards the
 * fields.
 */
final class TextCache {
    /** Places; a power of two. */
    private static final int SIZE = 1024;

    /** Longest text that is kept, in characters. */
    private static final int LONGEST = 256;

    private final Values values;
    private final @Nullable String[] texts = new @Nullable String[SIZE];
    private final long[] strings = new long[SIZE];

    /** What missed a place last. */
    private final long[] missed = new long[SIZE];

    TextCache(Values values) {
        this.values = values;
    }

    /** The text of a {@code str} or of a subclass. */
    String text(long string) {
        int place = (int) (string >>> 4 ^ string >>> 14) & SIZE - 1;
        String kept = texts[place];
        if (kept != null && strings[place] == string) {
            return kept;
        }
        String text = values.text(string);
        if (missed[place] == string && text.length() <= LONGEST && values.isExactly(string, PyUnicode.PyUnicode_Type)) {
            if (kept != null) {
                PyObjects.Py_DecRef_Simple.call(strings[place]);
            }
            strings[place] = Values.newReference(string);
            texts[place] = text;
        }
        missed[place] = string;
        return text;
    }
}
