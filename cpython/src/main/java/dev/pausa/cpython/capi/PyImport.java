package dev.pausa.cpython.capi;

import dev.pausa.cpython.capi.Functions.Function1;
import dev.pausa.cpython.capi.Functions.Function3;

/** {@code import.h, methodobject.h, memoryobject.h}: modules and functions. */
public final class PyImport {
    private PyImport() {}

    /** {@code PyObject *PyImport_ImportModule(const char *name)} */
    public static final Function1 PyImport_ImportModule = Function1.of("PyImport_ImportModule");

    /** {@code PyObject *PyCFunction_NewEx(PyMethodDef *method, PyObject *self, PyObject *module): the method must outlive it} */
    public static final Function3 PyCFunction_NewEx = Function3.of("PyCFunction_NewEx");

    /** {@code PyObject *PyMemoryView_FromMemory(char *memory, Py_ssize_t size, int flags)} */
    public static final Function3 PyMemoryView_FromMemory = Function3.of("PyMemoryView_FromMemory");
}
