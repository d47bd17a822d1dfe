package dev.pausa.cpython;

import dev.pausa.cpython.capi.Native;
import dev.pausa.cpython.capi.PyErr;
import dev.pausa.cpython.capi.PyObjects;
import dev.pausa.cpython.capi.PyTuple;
import dev.pausa.wsgi.ApplicationError;
import dev.pausa.wsgi.ClientDisconnected;

/** Exceptions between the two languages. All methods run attached. */
final class Errors {
    private final Interpreter interpreter;

    Errors(Interpreter interpreter) {
        this.interpreter = interpreter;
    }

    /** Sets the error indicator for what Java threw; returns 0, the result of a failed C function. */
    long raise(Throwable thrown) {
        try {
            if (thrown instanceof ExcInfo original) {
                original.restore(interpreter);
            } else {
                set(thrown);
            }
        } catch (Raised raised) {
            return 0; // with what was raised instead
        } catch (Throwable worse) {
            return PyErr.PyErr_NoMemory.call(); // nothing may leave an upcall (rule 7), and this needs no memory
        }
        return 0;
    }

    private void set(Throwable thrown) {
        BridgeModule module = interpreter.module();
        long type = switch (thrown) {
            case ClientDisconnected _ -> module.clientDisconnected();
            case ApplicationError _ -> module.contractError();
            case IllegalArgumentException _ -> PyErr.PyExc_ValueError;
            default -> PyErr.PyExc_RuntimeError;
        };
        String message = thrown.getMessage();
        boolean plain = type != PyErr.PyExc_RuntimeError || thrown instanceof IllegalStateException;
        set(type, plain && message != null ? message : thrown.toString());
    }

    /** Sets a TypeError and returns what to throw. */
    Raised typeError(String message) {
        set(PyErr.PyExc_TypeError, message);
        return raised();
    }

    private static Raised raised() {
        try {
            Raised.check(0);
            throw new AssertionError("0 is an error");
        } catch (Raised raised) {
            return raised;
        }
    }

    private void set(long type, String message) {
        long text = interpreter.values().string(message);
        PyErr.PyErr_SetObject.call(type, text);
        PyObjects.Py_DecRef.call(text);
    }

    /** Takes the exception that is set, as text for Java. A forked child ends here (rule 11). */
    PythonException fetch() {
        long value = take();
        interpreter.endIfForked(value);
        PythonException exception = describe(value);
        PyObjects.Py_DecRef.call(value);
        return exception;
    }

    /** The exception that is set, an owned reference; it is set no longer. */
    private long take() {
        Scratch scratch = interpreter.scratch();
        int mark = scratch.mark();
        long place = scratch.allocate(24);
        try {
            PyErr.PyErr_Fetch.call(place, place + 8, place + 16);
            PyErr.PyErr_NormalizeException.call(place, place + 8, place + 16);
            long type = Native.getLong(place);
            long value = Native.getLong(place + 8);
            long traceback = Native.getLong(place + 16);
            if (traceback != 0) {
                PyErr.PyException_SetTraceback.call(value, traceback);
                PyObjects.Py_DecRef.call(traceback);
            }
            PyObjects.Py_DecRef.call(type);
            return value;
        } finally {
            scratch.release(mark);
        }
    }

    private PythonException describe(long value) {
        Values values = interpreter.values();
        long description = interpreter.module().describe(value);
        if (description == 0) {
            PyErr.PyErr_Clear.call();
            return new PythonException(
                    values.typeName(value), "(it cannot be described)", values.typeName(value) + "\n", null);
        }
        String message = values.text(PyTuple.PyTuple_GetItem.call(description, 1));
        boolean byClient = Boolean.TRUE.equals(values.toJava(PyTuple.PyTuple_GetItem.call(description, 3)));
        var exception = new PythonException(
                values.text(PyTuple.PyTuple_GetItem.call(description, 0)),
                message,
                values.text(PyTuple.PyTuple_GetItem.call(description, 2)),
                byClient ? new ClientDisconnected(message) : null);
        PyObjects.Py_DecRef.call(description);
        return exception;
    }

    /** The result of a C function that may have run code of the application, or its exception. A forked child ends here. */
    long check(long result) {
        if (result == 0) {
            throw fetch();
        }
        interpreter.endIfForked(Values.NONE);
        return result;
    }
}
