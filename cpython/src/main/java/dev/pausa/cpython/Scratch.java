package dev.pausa.cpython;

import dev.pausa.cpython.capi.Native;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Native memory of one thread for arguments of C calls, used as a stack: what was allocated since a mark goes together. */
final class Scratch {
    private static final int SIZE = 64 * 1024;

    private final MemorySegment block = Arena.ofAuto().allocate(SIZE, 16);
    private final long base = block.address();
    private final List<MemorySegment> overflow = new ArrayList<>();
    private int top;

    int mark() {
        return top;
    }

    void release(int mark) {
        top = mark;
        if (mark == 0 && !overflow.isEmpty()) {
            overflow.clear();
        }
    }

    /** The address of {@code bytes} bytes, aligned to 8; not cleared. */
    long allocate(long bytes) {
        if (bytes > SIZE - top) {
            MemorySegment large = Arena.ofAuto().allocate(bytes, 16);
            overflow.add(large);
            return large.address();
        }
        long address = base + top;
        top += (int) (bytes + 7) & ~7;
        return address;
    }

    long copy(byte[] source, int offset, int length) {
        long address = allocate(length);
        Native.copy(source, offset, address, length);
        return address;
    }

    /** A zero-terminated copy of an ASCII string. */
    long ascii(String text) {
        byte[] bytes = (text + '\0').getBytes(StandardCharsets.US_ASCII);
        return copy(bytes, 0, bytes.length);
    }
}
