package dev.pausa.cpython.capi;

import dev.pausa.cpython.capi.Functions.Function0;
import dev.pausa.cpython.capi.Functions.Function1;
import dev.pausa.cpython.capi.Functions.Function2;
import dev.pausa.cpython.capi.Functions.Function3;

/** {@code dictobject.h}: dictionaries. */
public final class PyDict {
    private PyDict() {}

    /** {@code PyTypeObject PyDict_Type} */
    public static final long PyDict_Type = Native.required("PyDict_Type");

    /** {@code PyObject *PyDict_New(void)} */
    public static final Function0 PyDict_New = Function0.of("PyDict_New");

    /** {@code PyObject *PyDict_Copy(PyObject *dict)} */
    public static final Function1 PyDict_Copy = Function1.of("PyDict_Copy");

    /** {@code PyObject *PyDict_GetItemWithError(PyObject *dict, PyObject *key): borrowed; 0 if absent, or with an error} */
    public static final Function2 PyDict_GetItemWithError = Function2.of("PyDict_GetItemWithError");

    /** {@code int PyDict_SetItem(PyObject *dict, PyObject *key, PyObject *value): keeps references of its own} */
    public static final Function3 PyDict_SetItem = Function3.of("PyDict_SetItem");

    /** {@link #PyDict_SetItem} under an exact string, in place of nothing that nobody else holds: runs no code (rule 15). */
    public static final Function3 PyDict_SetItem_Simple = Function3.critical("PyDict_SetItem");
}
