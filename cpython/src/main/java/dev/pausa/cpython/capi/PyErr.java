package dev.pausa.cpython.capi;

import dev.pausa.cpython.capi.Functions.Function0;
import dev.pausa.cpython.capi.Functions.Function1;
import dev.pausa.cpython.capi.Functions.Function2;
import dev.pausa.cpython.capi.Functions.Function3;

/** {@code pyerrors.h}: the error indicator. */
public final class PyErr {
    private PyErr() {}

    /** {@code PyObject *PyExc_BaseException} */
    public static final long PyExc_BaseException = Native.pointer("PyExc_BaseException");

    /** {@code PyObject *PyExc_AttributeError} */
    public static final long PyExc_AttributeError = Native.pointer("PyExc_AttributeError");

    /** {@code PyObject *PyExc_RuntimeError} */
    public static final long PyExc_RuntimeError = Native.pointer("PyExc_RuntimeError");

    /** {@code PyObject *PyExc_TypeError} */
    public static final long PyExc_TypeError = Native.pointer("PyExc_TypeError");

    /** {@code PyObject *PyExc_ValueError} */
    public static final long PyExc_ValueError = Native.pointer("PyExc_ValueError");

    /** {@code int PyErr_ExceptionMatches(PyObject *type)}: whether the exception that is set is of this type */
    public static final Function1 PyErr_ExceptionMatches = Function1.of("PyErr_ExceptionMatches");

    /** {@code PyObject *PyErr_NoMemory(void)}: sets MemoryError and returns 0 */
    public static final Function0 PyErr_NoMemory = Function0.of("PyErr_NoMemory");

    /** {@code PyObject *PyErr_Occurred(void): borrowed} */
    public static final Function0 PyErr_Occurred = Function0.of("PyErr_Occurred");

    /** {@code void PyErr_Clear(void)} */
    public static final Function0 PyErr_Clear = Function0.of("PyErr_Clear");

    /** {@code void PyErr_SetObject(PyObject *type, PyObject *value)} */
    public static final Function2 PyErr_SetObject = Function2.of("PyErr_SetObject");

    /** {@code void PyErr_Fetch(PyObject **type, PyObject **value, PyObject **traceback)} */
    public static final Function3 PyErr_Fetch = Function3.of("PyErr_Fetch");

    /** {@code void PyErr_NormalizeException(PyObject **type, PyObject **value, PyObject **traceback)} */
    public static final Function3 PyErr_NormalizeException = Function3.of("PyErr_NormalizeException");

    /** {@code int PyException_SetTraceback(PyObject *exception, PyObject *traceback)} */
    public static final Function2 PyException_SetTraceback = Function2.of("PyException_SetTraceback");
}
