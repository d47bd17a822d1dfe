package dev.pausa.cpython;

import dev.pausa.cpython.capi.PyDict;
import dev.pausa.cpython.capi.PyObjects;
import dev.pausa.wsgi.Variables;
import org.jspecify.annotations.Nullable;

/**
 * What the dicts of requests with the same keys have in common, which most requests of one client have: a dict that begins
 * as a copy has a table of the right size, and the values that are the same. All methods run attached, which guards the
 * fields.
 */
final class EnvironTemplates {
    /** Places; a power of two. */
    private static final int SIZE = 64;

    private final @Nullable Template[] kept = new @Nullable Template[SIZE];

    /** What missed a place last. */
    private final long[] missed = new long[SIZE];

    /**
     * One of them.
     *
     * @param names a bit for the number of each name
     * @param functions what its requests have besides variables, a bit for each
     * @param dict has all of its keys; a reference is owned
     * @param values addresses of the values by the numbers of their names; 0 where each request has one of its own
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Template(long names, int functions, long dict, long[] values) {
        /** Whether a dict that was copied from it has this value of the variable already. */
        boolean has(int number, long value) {
            return values[number] == value;
        }

        /** A new dict like it. The reference is for the time of the call: what it allocates may let Python run. */
        long copy() {
            PyObjects.Py_IncRef.call(dict);
            long copy = PyDict.PyDict_Copy.call(dict);
            PyObjects.Py_DecRef.call(dict);
            return Raised.check(copy);
        }
    }

    /** A bit for each shared name; those with numbers that have no bit are no part of a template. */
    static long names(Variables variables) {
        long bits = 0;
        for (int i = 0; i < variables.size(); i++) {
            int number = variables.name(i).number();
            bits |= templated(number) ? 1L << number : 0;
        }
        return bits;
    }

    static boolean templated(int number) {
        return number >= 0 && number < Long.SIZE;
    }

    /** The template with these keys, or {@code null}. */
    @Nullable
    Template find(long names, int functions) {
        Template there = kept[place(names, functions)];
        return there != null && there.names == names && there.functions == functions ? there : null;
    }

    /** Whether one with these keys should be made: they come a second time. */
    boolean wanted(long names, int functions) {
        int place = place(names, functions);
        boolean again = missed[place] == names;
        missed[place] = names;
        return again;
    }

    void keep(Template template) {
        int place = place(template.names, template.functions);
        Template before = kept[place];
        kept[place] = template;
        if (before != null) {
            PyObjects.Py_DecRef.call(before.dict);
        }
    }

    private static int place(long names, int functions) {
        long hash = (names + functions) * 0x9e3779b97f4a7c15L;
        return (int) (hash >>> 58);
    }
}
