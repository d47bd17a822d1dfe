package dev.pausa.cpython.capi;

import dev.pausa.cpython.capi.Functions.Function1;
import dev.pausa.cpython.capi.Functions.Function2;
import dev.pausa.cpython.capi.Functions.Function3;
import dev.pausa.cpython.capi.Functions.Function4;
import org.jspecify.annotations.Nullable;

/** {@code object.h, abstract.h, call.h}: any object. */
public final class PyObjects {
    private PyObjects() {}

    /** {@code PyObject _Py_NoneStruct: None} */
    public static final long _Py_NoneStruct = Native.required("_Py_NoneStruct");

    /** {@code void Py_IncRef(PyObject *object)} */
    public static final Function1 Py_IncRef = Function1.critical("Py_IncRef");

    /** {@code void Py_DecRef(PyObject *object): may run any code} */
    public static final Function1 Py_DecRef = Function1.of("Py_DecRef");

    /** {@link #Py_DecRef} of an exact string, or of what somebody else holds too: it runs no Python code (rule 15). */
    public static final Function1 Py_DecRef_Simple = Function1.critical("Py_DecRef");

    /** {@code PyObject *PyObject_Type(PyObject *object)} */
    public static final Function1 PyObject_Type = Function1.of("PyObject_Type");

    /** {@code PyObject *PyObject_GetAttr(PyObject *object, PyObject *name)} */
    public static final Function2 PyObject_GetAttr = Function2.of("PyObject_GetAttr");

    /** {@code PyObject *PyObject_GetIter(PyObject *object)} */
    public static final Function1 PyObject_GetIter = Function1.of("PyObject_GetIter");

    /** {@code PyObject *PyIter_Next(PyObject *iterator): 0 at the end, or with an error} */
    public static final Function1 PyIter_Next = Function1.of("PyIter_Next");

    /** {@code Py_ssize_t PyObject_Size(PyObject *object)} */
    public static final Function1 PyObject_Size = Function1.of("PyObject_Size");

    /** {@code int PyType_IsSubtype(PyTypeObject *type, PyTypeObject *parent)} */
    public static final Function2 PyType_IsSubtype = Function2.critical("PyType_IsSubtype");

    /** {@code int PySequence_Check(PyObject *object)} */
    public static final Function1 PySequence_Check = Function1.critical("PySequence_Check");

    /** {@code int PyCallable_Check(PyObject *object)} */
    public static final Function1 PyCallable_Check = Function1.critical("PyCallable_Check");

    /** {@code PyObject *PyObject_Vectorcall(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames): from 3.11 on} */
    public static final @Nullable Function4 PyObject_Vectorcall = Function4.optional("PyObject_Vectorcall");

    /** {@code PyObject *PyObject_Call(PyObject *callable, PyObject *args, PyObject *kwargs)} */
    public static final Function3 PyObject_Call = Function3.of("PyObject_Call");
}
