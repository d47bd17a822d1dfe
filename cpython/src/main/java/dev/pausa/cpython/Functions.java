package dev.pausa.cpython;

import dev.pausa.cpython.capi.Native;
import dev.pausa.cpython.capi.PyImport;
import dev.pausa.cpython.capi.PyNumber;
import dev.pausa.cpython.capi.PyObjects;
import dev.pausa.cpython.capi.PyTuple;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Functions in Java as built-in functions of Python. One guard stands around all of them: no exception may leave an upcall,
 * or the JVM exits (rule 7); and in a forked child none of them does anything (rule 11).
 */
final class Functions {
    /** A function as CPython calls it: borrowed arguments in an array, a new reference as result. */
    @FunctionalInterface
    interface Builtin {
        /**
         * Runs attached.
         *
         * @param self what it was bound to
         * @param arguments address of the array
         * @param count how many of them are positional
         * @param names tuple of keyword names, whose values follow the positional ones, or 0
         */
        long call(long self, long arguments, long count, long names) throws Throwable;
    }

    private static final int METH_FASTCALL_KEYWORDS = 0x0080 | 0x0002;

    private static final MethodHandle ENTER = enter();

    private final Interpreter interpreter;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment forked = arena.allocate(ValueLayout.JAVA_INT);
    private final List<MemorySegment> methods = new ArrayList<>();
    private final long callback = define("callback", this::runCallback);

    /** Calls that have entered Java and not left it; guarded by the GIL, which each may give up meanwhile. */
    private int inside;

    Functions(Interpreter interpreter) {
        this.interpreter = interpreter;
    }

    private static MethodHandle enter() {
        try {
            return MethodHandles.lookup()
                    .findVirtual(
                            Functions.class,
                            "enter",
                            MethodType.methodType(
                                    long.class, Builtin.class, long.class, long.class, long.class, long.class));
        } catch (ReflectiveOperationException impossible) {
            throw new LinkageError("enter", impossible);
        }
    }

    /** Four bytes that Python sets to something else than 0 in a forked child, as a writable memoryview. */
    long forkedFlag() {
        int writable = 0x200; // PyBUF_WRITE
        return Raised.check(PyImport.PyMemoryView_FromMemory.call(forked.address(), 4, writable));
    }

    /** Whether this process is a forked child: the server is in its parent. */
    boolean forked() {
        return forked.get(ValueLayout.JAVA_INT, 0) != 0;
    }

    /** A new {@code PyMethodDef}, which lives as long as the interpreter. */
    long define(String name, Builtin builtin) {
        // SAFETY: the handle has the C signature PyObject *(PyObject *, PyObject *const *, Py_ssize_t, PyObject *).
        long entry = Native.upcall(MethodHandles.insertArguments(ENTER, 0, this, builtin), arena);
        MemorySegment method = arena.allocate(32, 8);
        method.set(ValueLayout.JAVA_LONG, 0, arena.allocateFrom(name).address());
        method.set(ValueLayout.JAVA_LONG, 8, entry);
        method.set(ValueLayout.JAVA_LONG, 16, METH_FASTCALL_KEYWORDS);
        method.set(ValueLayout.JAVA_LONG, 24, 0);
        methods.add(method);
        return method.address();
    }

    /** A new function object of a method; {@code self} may be 0. */
    static long bind(long method, long self) {
        return Raised.check(PyImport.PyCFunction_NewEx.call(method, self, 0));
    }

    @SuppressWarnings("UnusedMethod") // by the handle ENTER
    private long enter(Builtin builtin, long self, long arguments, long count, long names) {
        inside++;
        try {
            if (forked()) {
                throw new IllegalStateException("this is a forked child: the server is in its parent");
            }
            return builtin.call(self, arguments, count, names);
        } catch (Raised alreadySet) {
            return 0;
        } catch (Throwable thrown) {
            return interpreter.errors().raise(thrown);
        } finally {
            inside--;
        }
    }

    /**
     * A new method that makes all others a SystemError that does not enter the JVM, for when that is about to end: an
     * upcall would wait for ever, with the GIL. It answers how many calls of other threads are still inside, which would
     * wait on their way back; to be called again until it answers 0.
     */
    long sever() {
        long method = define("sever", this::severOthers);
        methods.removeLast();
        return method;
    }

    private long severOthers(long self, long arguments, long count, long names) {
        // It answers 0 without an exception set, which CPython reports.
        long nothing = Native.required("PyErr_Occurred");
        methods.forEach(method -> method.set(ValueLayout.JAVA_LONG, 8, nothing));
        return PyNumber.PyLong_FromLongLong.call(inside - 1);
    }

    static long argument(long arguments, long index) {
        return Native.getLong(arguments + 8 * index);
    }

    /** Refuses keyword arguments and numbers of arguments out of range with a TypeError. */
    void expect(String function, long count, long names, int least, int most) {
        if (names != 0) {
            throw interpreter.errors().typeError(function + "() takes no keyword arguments");
        }
        if (count < least || count > most) {
            String range = least == most ? "" + least : least + " to " + most;
            throw interpreter.errors().typeError(function + "() takes " + range + " arguments, not " + count);
        }
    }

    /** A function object that calls {@code target}, which is kept as long as the interpreter lives. */
    long callback(Callback target) {
        long handle = PyNumber.PyLong_FromLongLong.call(interpreter.handles().add(target));
        long function = bind(callback, handle);
        PyObjects.Py_DecRef.call(handle);
        return function;
    }

    private long runCallback(long self, long arguments, long count, long names) throws Exception {
        if (names != 0 && PyTuple.PyTuple_Size.call(names) > 0) {
            expect("callback", count, names, 0, 0);
        }
        Callback target = interpreter.handles().get(PyNumber.PyLong_AsLongLong.call(self), Callback.class);
        if (target == null) {
            throw new IllegalStateException("the function is gone");
        }
        var values = new @Nullable Object[(int) count];
        for (int i = 0; i < count; i++) {
            values[i] = interpreter.values().toJava(argument(arguments, i));
        }
        return interpreter.values().toPython(target.call(values));
    }

    /** No function may be called any more. */
    void close() {
        arena.close();
    }
}
