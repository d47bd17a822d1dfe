package dev.pausa.wsgi;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * The CGI variables of one request: each value is a slice of bytes, which stand for the code points U+0000 to U+00FF
 * (PEP 3333, "Unicode Issues"). Names are unique; who adds them sees to that. Written by one thread, then only read.
 */
public final class Variables {
    private Name[] names;
    private byte[][] sources;
    private int[] offsets;
    private int[] lengths;
    private int size;

    /** None, with room for a usual request. */
    public Variables() {
        this(24);
    }

    /** None, with room for {@code expected}, at least 1; there may be more. */
    public Variables(int expected) {
        names = new Name[expected];
        sources = new byte[expected][];
        offsets = new int[expected];
        lengths = new int[expected];
    }

    /** Adds a variable; {@code source} is kept, not copied, and must not change from now on. */
    public void add(Name name, byte[] source, int offset, int length) {
        if (size == names.length) {
            names = Arrays.copyOf(names, size * 2);
            sources = Arrays.copyOf(sources, size * 2);
            offsets = Arrays.copyOf(offsets, size * 2);
            lengths = Arrays.copyOf(lengths, size * 2);
        }
        names[size] = name;
        sources[size] = source;
        offsets[size] = offset;
        lengths[size] = length;
        size++;
    }

    /** Adds a variable with all of {@code value}. */
    public void add(Name name, byte[] value) {
        add(name, value, 0, value.length);
    }

    /** Replaces the value at {@code index}; {@code value} is kept. For a transport that joins repeated fields. */
    public void set(int index, byte[] value) {
        sources[index] = value;
        offsets[index] = 0;
        lengths[index] = value.length;
    }

    /** Removes the variable at {@code index}; the last one takes its place. */
    public void remove(int index) {
        size--;
        names[index] = names[size];
        sources[index] = sources[size];
        offsets[index] = offsets[size];
        lengths[index] = lengths[size];
    }

    /** Where the variable with this shared name is, or -1. */
    public int indexOf(Name name) {
        for (int i = 0; i < size; i++) {
            if (names[i] == name) {
                return i;
            }
        }
        return -1;
    }

    public int size() {
        return size;
    }

    public Name name(int index) {
        return names[index];
    }

    public byte[] source(int index) {
        return sources[index];
    }

    public int offset(int index) {
        return offsets[index];
    }

    public int length(int index) {
        return lengths[index];
    }

    /** The value as a string of code points up to U+00FF. */
    public String text(int index) {
        return new String(sources[index], offsets[index], lengths[index], StandardCharsets.ISO_8859_1);
    }

    void copyTo(Map<String, Object> map) {
        for (int i = 0; i < size; i++) {
            map.put(names[i].text(), text(i));
        }
    }
}
