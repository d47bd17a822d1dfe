package dev.pausa.cpython.capi;

import dev.pausa.cpython.capi.Functions.Function1;
import dev.pausa.cpython.capi.Functions.Function2;
import dev.pausa.cpython.capi.Functions.Function3;

/** {@code tupleobject.h}: tuples. */
public final class PyTuple {
    private PyTuple() {}

    /** {@code PyTypeObject PyTuple_Type} */
    public static final long PyTuple_Type = Native.required("PyTuple_Type");

    /** {@code PyObject *PyTuple_New(Py_ssize_t length)} */
    public static final Function1 PyTuple_New = Function1.of("PyTuple_New");

    /** {@code Py_ssize_t PyTuple_Size(PyObject *tuple)} */
    public static final Function1 PyTuple_Size = Function1.critical("PyTuple_Size");

    /** {@code PyObject *PyTuple_GetItem(PyObject *tuple, Py_ssize_t index): borrowed} */
    public static final Function2 PyTuple_GetItem = Function2.critical("PyTuple_GetItem");

    /** {@code int PyTuple_SetItem(PyObject *tuple, Py_ssize_t index, PyObject *item): steals the item} */
    public static final Function3 PyTuple_SetItem = Function3.of("PyTuple_SetItem");
}
