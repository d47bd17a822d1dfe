package dev.pausa.cpython.capi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds symbols of the process and links them; reads and writes native memory by address. */
public final class Native {
    private static final Linker LINKER = Linker.nativeLinker();

    // SAFETY: a segment over everything; each access below is to memory that CPython or this module owns.
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /** {@code void *dlsym(void *handle, const char *symbol)}; handle 0 is RTLD_DEFAULT on Linux: all global symbols. */
    private static final MethodHandle DLSYM = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("dlsym"), FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS));

    private Native() {}

    /** The address of a symbol of the process, or 0. */
    public static long address(String symbol) {
        try (Arena arena = Arena.ofConfined()) {
            return (long) DLSYM.invokeExact(0L, arena.allocateFrom(symbol));
        } catch (Throwable impossible) {
            throw new LinkageError("dlsym", impossible);
        }
    }

    /** The address of a symbol that must be there. */
    public static long required(String symbol) {
        long address = address(symbol);
        if (address == 0) {
            throw new LinkageError("This process has no symbol " + symbol + ": is it a CPython from 3.10 to 3.14?");
        }
        return address;
    }

    /** The pointer that a global variable holds, as {@code PyExc_ValueError}. */
    public static long pointer(String symbol) {
        return getLong(required(symbol));
    }

    static MethodHandle link(String symbol, int arguments, Linker.Option... options) {
        return link(required(symbol), arguments, options);
    }

    static @Nullable MethodHandle linkOptional(String symbol, int arguments) {
        return Optional.of(address(symbol))
                .filter(at -> at != 0)
                .map(at -> link(at, arguments))
                .orElse(null);
    }

    private static MethodHandle link(long address, int arguments, Linker.Option... options) {
        var longs = new MemoryLayout[arguments];
        Arrays.fill(longs, JAVA_LONG);
        // SAFETY: the caller states the number of arguments that the C declaration has, each of them integer or
        // pointer.
        return LINKER.downcallHandle(
                MemorySegment.ofAddress(address), FunctionDescriptor.of(JAVA_LONG, longs), options);
    }

    static MethodHandle link(String symbol, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(MemorySegment.ofAddress(required(symbol)), descriptor);
    }

    /** An entry for C of four {@code long} arguments and a {@code long} result; lives as long as {@code arena}. */
    public static long upcall(MethodHandle target, Arena arena) {
        return LINKER.upcallStub(
                        target, FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG), arena)
                .address();
    }

    public static long getLong(long address) {
        return MEMORY.get(ValueLayout.JAVA_LONG_UNALIGNED, address);
    }

    public static void putLong(long address, long value) {
        MEMORY.set(ValueLayout.JAVA_LONG_UNALIGNED, address, value);
    }

    public static int getInt(long address) {
        return MEMORY.get(JAVA_INT, address);
    }

    /** Copies from an array to memory. */
    public static void copy(byte[] from, int offset, long to, int length) {
        MemorySegment.copy(from, offset, MEMORY, JAVA_BYTE, to, length);
    }

    /** Copies from memory to an array. */
    public static void copy(long from, byte[] to, int offset, int length) {
        MemorySegment.copy(MEMORY, JAVA_BYTE, from, to, offset, length);
    }

    /** A view of memory, valid as long as that memory is. */
    public static ByteBuffer buffer(long address, long length) {
        // SAFETY: the caller keeps the Python object alive for as long as the view is used.
        return MEMORY.asSlice(address, length).asByteBuffer().order(ByteOrder.BIG_ENDIAN);
    }

    /** A zero-terminated string in UTF-8. */
    public static String string(long address) {
        return MEMORY.getString(address);
    }

    /**
     * Loads a library with its symbols visible to those loaded later: otherwise every C extension fails to import (rule 1).
     *
     * @throws LinkageError with the loader's reason
     */
    public static void load(String library) {
        try (Arena arena = Arena.ofConfined()) {
            int nowAndGlobal = 0x102; // RTLD_NOW | RTLD_GLOBAL
            var dlopen = new Functions.Function2(link("dlopen", 2));
            if (dlopen.call(arena.allocateFrom(library).address(), nowAndGlobal) == 0) {
                long reason = new Functions.Function0(link("dlerror", 0)).call();
                throw new LinkageError(reason == 0 ? "cannot load " + library : string(reason));
            }
        }
    }

    /** What to throw for a throwable that a method handle declares and a C function never throws. */
    static RuntimeException unexpected(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException known ? known : new IllegalStateException(thrown);
    }
}
