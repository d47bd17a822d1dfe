package dev.pausa.cpython;

import dev.pausa.cpython.capi.Native;
import dev.pausa.cpython.capi.PyBytes;
import dev.pausa.cpython.capi.PyErr;
import dev.pausa.cpython.capi.PyList;
import dev.pausa.cpython.capi.PyObjects;
import dev.pausa.cpython.capi.PyTuple;
import dev.pausa.wsgi.ApplicationError;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.FileRange;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What a Python application returned. Lists and tuples are read by index, all else by the iterator protocol. */
final class PythonBody implements Body {
    private enum Kind {
        LIST,
        TUPLE,
        OTHER
    }

    private final Interpreter interpreter;
    private final PythonRequest request;
    private final long iterable;
    private final Kind kind;
    private final int length;
    private long iterator;
    private long index;
    private long chunk;

    /** Takes over the reference to {@code iterable}; runs as a part of step 0. */
    PythonBody(Interpreter interpreter, PythonRequest request, long iterable) {
        this.interpreter = interpreter;
        this.request = request;
        this.iterable = iterable;
        long type = interpreter.values().type(iterable);
        kind = type == PyList.PyList_Type ? Kind.LIST : type == PyTuple.PyTuple_Type ? Kind.TUPLE : Kind.OTHER;
        length = (int) Math.min(size(), Integer.MAX_VALUE);
    }

    private long size() {
        return switch (kind) {
            case LIST -> PyList.PyList_Size.call(iterable);
            case TUPLE -> PyTuple.PyTuple_Size.call(iterable);
            case OTHER -> {
                if ((int) PyObjects.PySequence_Check.call(iterable) == 0) {
                    yield -1;
                }
                long size = PyObjects.PyObject_Size.call(iterable);
                if (size < 0) {
                    PyErr.PyErr_Clear.call(); // a sequence without a length
                }
                yield size;
            }
        };
    }

    @Override
    public int length() {
        return length;
    }

    /** Of the file wrapper itself: what a middleware made of it is something else. */
    @Override
    public @Nullable FileRange file() {
        if (!interpreter.values().isExactly(iterable, interpreter.module().fileWrapper())) {
            return null;
        }
        request.enter();
        try {
            long range = interpreter.errors().check(interpreter.module().fileRange(iterable));
            try {
                return PythonFile.of(range);
            } finally {
                PyObjects.Py_DecRef.call(range);
            }
        } finally {
            request.leave();
        }
    }

    @Override
    public @Nullable ByteBuffer next() {
        releaseChunk();
        request.enter();
        try {
            chunk = nextItem();
        } finally {
            request.leave();
        }
        if (chunk == 0) {
            return null;
        }
        if (!interpreter.values().isInstance(chunk, PyBytes.PyBytes_Type)) {
            throw new ApplicationError("a chunk of the body must be bytes, not "
                    + interpreter.values().typeName(chunk));
        }
        return Native.buffer(PyBytes.PyBytes_AsString.call(chunk), PyBytes.PyBytes_Size.call(chunk));
    }

    /** A new reference, or 0 at the end. */
    private long nextItem() {
        return switch (kind) {
            case LIST ->
                index < PyList.PyList_Size.call(iterable)
                        ? Values.newReference(PyList.PyList_GetItem.call(iterable, index++))
                        : 0;
            case TUPLE -> index < length ? Values.newReference(PyTuple.PyTuple_GetItem.call(iterable, index++)) : 0;
            case OTHER -> {
                if (iterator == 0) {
                    iterator = interpreter.errors().check(PyObjects.PyObject_GetIter.call(iterable));
                }
                long item = PyObjects.PyIter_Next.call(iterator);
                if (item == 0 && PyErr.PyErr_Occurred.call() != 0) {
                    throw interpreter.errors().fetch();
                }
                yield item;
            }
        };
    }

    @Override
    public void close() {
        releaseChunk();
        request.enter();
        try {
            if (kind == Kind.OTHER) {
                closeIterable();
            }
        } finally {
            // Inside the context: this may run the end of a generator that __iter__ made (P37).
            if (iterator != 0) {
                PyObjects.Py_DecRef.call(iterator);
            }
            PyObjects.Py_DecRef.call(iterable);
            request.leave();
            request.end();
        }
    }

    private void closeIterable() {
        long close =
                interpreter.values().attribute(iterable, interpreter.module().close());
        if (close != 0) {
            long result = interpreter.values().call(close);
            PyObjects.Py_DecRef.call(close);
            PyObjects.Py_DecRef.call(interpreter.errors().check(result));
        }
    }

    private void releaseChunk() {
        if (chunk != 0) {
            PyObjects.Py_DecRef.call(chunk);
            chunk = 0;
        }
    }

    @Override
    public String kind() {
        return interpreter.values().typeName(iterable);
    }
}
