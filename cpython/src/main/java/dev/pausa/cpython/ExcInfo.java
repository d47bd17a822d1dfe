package dev.pausa.cpython;

import dev.pausa.cpython.capi.PyErr;
import dev.pausa.cpython.capi.PyTuple;

/**
 * The {@code exc_info} of one call of start_response, on its way through Java and perhaps back. Holds borrowed pointers:
 * valid only during that call, and keeps no reference after it (PEP 3333, "Error Handling").
 */
final class ExcInfo extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient long tuple;

    /** Of a tuple {@code (type, value, traceback)}. */
    ExcInfo(long tuple) {
        super("exc_info", null, false, false);
        this.tuple = tuple;
    }

    /** Sets the error indicator as {@code raise value.with_traceback(traceback)} would; a TypeError if that cannot be done. */
    void restore(Interpreter interpreter) {
        long value = PyTuple.PyTuple_GetItem.call(tuple, 1);
        if (!interpreter.values().isInstance(value, PyErr.PyExc_BaseException)) {
            throw interpreter.errors().typeError("exc_info holds no exception, and headers were sent already");
        }
        Raised.checkStatus(PyErr.PyException_SetTraceback.call(value, PyTuple.PyTuple_GetItem.call(tuple, 2)));
        PyErr.PyErr_SetObject.call(interpreter.values().type(value), value);
    }
}
