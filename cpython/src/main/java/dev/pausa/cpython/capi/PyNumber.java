package dev.pausa.cpython.capi;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.pausa.cpython.capi.Functions.Function1;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** {@code longobject.h, floatobject.h, boolobject.h}: numbers. */
public final class PyNumber {
    private PyNumber() {}

    /** {@code PyTypeObject PyLong_Type} */
    public static final long PyLong_Type = Native.required("PyLong_Type");

    /** {@code PyTypeObject PyFloat_Type} */
    public static final long PyFloat_Type = Native.required("PyFloat_Type");

    /** {@code PyTypeObject PyBool_Type} */
    public static final long PyBool_Type = Native.required("PyBool_Type");

    /** {@code struct _longobject _Py_TrueStruct: True} */
    public static final long _Py_TrueStruct = Native.required("_Py_TrueStruct");

    /** {@code struct _longobject _Py_FalseStruct: False} */
    public static final long _Py_FalseStruct = Native.required("_Py_FalseStruct");

    /** {@code PyObject *PyLong_FromLongLong(long long value)} */
    public static final Function1 PyLong_FromLongLong = Function1.critical("PyLong_FromLongLong");

    /** {@code long long PyLong_AsLongLong(PyObject *number): -1 and an error if it does not fit} */
    public static final Function1 PyLong_AsLongLong = Function1.of("PyLong_AsLongLong");

    private static final MethodHandle AS_DOUBLE =
            Native.link("PyFloat_AsDouble", FunctionDescriptor.of(JAVA_DOUBLE, JAVA_LONG));

    private static final MethodHandle FROM_DOUBLE =
            Native.link("PyFloat_FromDouble", FunctionDescriptor.of(JAVA_LONG, JAVA_DOUBLE));

    /** {@code double PyFloat_AsDouble(PyObject *number)}: -1.0 and an error if it is no number. */
    public static double asDouble(long number) {
        try {
            return (double) AS_DOUBLE.invokeExact(number);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /** {@code PyObject *PyFloat_FromDouble(double value)} */
    public static long fromDouble(double value) {
        try {
            return (long) FROM_DOUBLE.invokeExact(value);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }
}
