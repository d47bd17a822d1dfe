package dev.pausa.cpython.capi;

import dev.pausa.cpython.capi.Functions.Function1;
import dev.pausa.cpython.capi.Functions.Function2;

/** {@code bytesobject.h}: byte strings. */
public final class PyBytes {
    private PyBytes() {}

    /** {@code PyTypeObject PyBytes_Type} */
    public static final long PyBytes_Type = Native.required("PyBytes_Type");

    /** {@code PyObject *PyBytes_FromStringAndSize(const char *string, Py_ssize_t length)} */
    public static final Function2 PyBytes_FromStringAndSize = Function2.of("PyBytes_FromStringAndSize");

    /** {@code char *PyBytes_AsString(PyObject *bytes): its own memory} */
    public static final Function1 PyBytes_AsString = Function1.critical("PyBytes_AsString");

    /** {@code Py_ssize_t PyBytes_Size(PyObject *bytes)} */
    public static final Function1 PyBytes_Size = Function1.critical("PyBytes_Size");
}
