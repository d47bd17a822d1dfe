package dev.pausa.cpython.capi;

import dev.pausa.cpython.capi.Functions.Function1;
import dev.pausa.cpython.capi.Functions.Function2;
import dev.pausa.cpython.capi.Functions.Function3;
import dev.pausa.cpython.capi.Functions.Function4;

/** {@code unicodeobject.h}: strings. */
public final class PyUnicode {
    private PyUnicode() {}

    /** {@code PyTypeObject PyUnicode_Type} */
    public static final long PyUnicode_Type = Native.required("PyUnicode_Type");

    /** {@code PyObject *PyUnicode_DecodeLatin1(const char *string, Py_ssize_t length, const char *errors)} */
    public static final Function3 PyUnicode_DecodeLatin1 = Function3.critical("PyUnicode_DecodeLatin1");

    /** {@code PyObject *PyUnicode_Decode(const char *string, Py_ssize_t size, const char *encoding, const char *errors)} */
    public static final Function4 PyUnicode_Decode = Function4.of("PyUnicode_Decode");

    /** {@code PyObject *PyUnicode_AsEncodedString(PyObject *unicode, const char *encoding, const char *errors)} */
    public static final Function3 PyUnicode_AsEncodedString = Function3.of("PyUnicode_AsEncodedString");

    /** {@code const char *PyUnicode_AsUTF8AndSize(PyObject *unicode, Py_ssize_t *size): cached in the string; 0 for lone surrogates} */
    public static final Function2 PyUnicode_AsUTF8AndSize = Function2.critical("PyUnicode_AsUTF8AndSize");

    /** {@code Py_ssize_t PyUnicode_GetLength(PyObject *unicode)} */
    public static final Function1 PyUnicode_GetLength = Function1.critical("PyUnicode_GetLength");

    /** {@code PyObject *PyUnicode_InternFromString(const char *string)} */
    public static final Function1 PyUnicode_InternFromString = Function1.of("PyUnicode_InternFromString");
}
