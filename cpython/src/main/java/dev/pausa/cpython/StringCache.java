package dev.pausa.cpython;

import dev.pausa.cpython.capi.PyObjects;
import dev.pausa.cpython.capi.PyUnicode;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Python strings for values of variables, most of which come again with the next request: a browser's fields, the path, the
 * address of a proxy. A value that comes a second time is kept, in the place of another one with the same place. All
 * methods run attached, which guards the fields.
 */
final class StringCache {
    /** Places; a power of two. */
    private static final int SIZE = 1024;

    /** Longest value that is kept, in bytes. */
    private static final int LONGEST = 256;

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** A value and its string, to which a reference is owned. */
    @SuppressWarnings("ArrayRecordComponent") // compared by content below
    private record Kept(byte[] value, long string) {
        boolean is(byte[] source, int offset, int length) {
            return Arrays.equals(value, 0, value.length, source, offset, offset + length);
        }
    }

    private final Interpreter interpreter;
    private final @Nullable Kept[] kept = new @Nullable Kept[SIZE];

    /** What missed a place last. */
    private final int[] missed = new int[SIZE];

    StringCache(Interpreter interpreter) {
        this.interpreter = interpreter;
    }

    /** The string of these bytes as Latin-1 if it is kept, borrowed until Python runs the next time, or 0. */
    long kept(byte[] source, int offset, int length) {
        if (length > LONGEST) {
            return 0;
        }
        Kept there = kept[hash(source, offset, length) & SIZE - 1];
        return there != null && there.is(source, offset, length) ? there.string : 0;
    }

    /** The string of these bytes as Latin-1, a new reference: likely to be asked for again. */
    long again(byte[] source, int offset, int length) {
        if (length > LONGEST) {
            return once(source, offset, length);
        }
        int hash = hash(source, offset, length);
        int place = hash & SIZE - 1;
        Kept there = kept[place];
        if (there != null && there.is(source, offset, length)) {
            return Values.newReference(there.string);
        }
        long string = once(source, offset, length);
        if (missed[place] == hash) {
            if (there != null) {
                PyObjects.Py_DecRef_Simple.call(there.string);
            }
            kept[place] = new Kept(Arrays.copyOfRange(source, offset, offset + length), Values.newReference(string));
        }
        missed[place] = hash;
        return string;
    }

    /** The same, not likely to be asked for again. */
    long once(byte[] source, int offset, int length) {
        Scratch scratch = interpreter.scratch();
        int mark = scratch.mark();
        try {
            return Raised.check(PyUnicode.PyUnicode_DecodeLatin1.call(scratch.copy(source, offset, length), length, 0));
        } finally {
            scratch.release(mark);
        }
    }

    private static int hash(byte[] source, int offset, int length) {
        long hash = length;
        int i = offset;
        for (int end = offset + length - 7; i < end; i += 8) {
            hash = (hash ^ (long) EIGHT.get(source, i)) * 0x9e3779b97f4a7c15L;
            hash ^= hash >>> 29;
        }
        for (int end = offset + length; i < end; i++) {
            hash = (hash ^ source[i]) * 0x9e3779b97f4a7c15L;
        }
        return (int) (hash ^ hash >>> 32);
    }
}
