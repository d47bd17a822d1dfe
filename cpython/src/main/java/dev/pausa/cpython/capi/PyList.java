package dev.pausa.cpython.capi;

import dev.pausa.cpython.capi.Functions.Function1;
import dev.pausa.cpython.capi.Functions.Function2;
import dev.pausa.cpython.capi.Functions.Function3;

/** {@code listobject.h}: lists. */
public final class PyList {
    private PyList() {}

    /** {@code PyTypeObject PyList_Type} */
    public static final long PyList_Type = Native.required("PyList_Type");

    /** {@code PyObject *PyList_New(Py_ssize_t length)} */
    public static final Function1 PyList_New = Function1.of("PyList_New");

    /** {@code Py_ssize_t PyList_Size(PyObject *list)} */
    public static final Function1 PyList_Size = Function1.critical("PyList_Size");

    /** {@code PyObject *PySequence_List(PyObject *iterable): a new list} */
    public static final Function1 PySequence_List = Function1.of("PySequence_List");

    /** {@code PyObject *PyList_GetItem(PyObject *list, Py_ssize_t index): borrowed} */
    public static final Function2 PyList_GetItem = Function2.critical("PyList_GetItem");

    /** {@code int PyList_SetItem(PyObject *list, Py_ssize_t index, PyObject *item): steals the item} */
    public static final Function3 PyList_SetItem = Function3.of("PyList_SetItem");

    /** {@link #PyList_SetItem} in place of a number or a string: runs no code (rule 15). */
    public static final Function3 PyList_SetItem_Simple = Function3.critical("PyList_SetItem");
}
