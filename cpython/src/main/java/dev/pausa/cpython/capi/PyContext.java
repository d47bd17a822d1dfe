package dev.pausa.cpython.capi;

import dev.pausa.cpython.capi.Functions.Function0;
import dev.pausa.cpython.capi.Functions.Function1;

/** {@code cpython/context.h}: contextvars. */
public final class PyContext {
    private PyContext() {}

    /** {@code PyObject *PyContext_Copy(PyObject *context)} */
    public static final Function1 PyContext_Copy = Function1.of("PyContext_Copy");

    /** {@code PyObject *PyContext_CopyCurrent(void)} */
    public static final Function0 PyContext_CopyCurrent = Function0.of("PyContext_CopyCurrent");

    /** {@code int PyContext_Enter(PyObject *context)} */
    public static final Function1 PyContext_Enter = Function1.of("PyContext_Enter");

    /** {@code int PyContext_Exit(PyObject *context)} */
    public static final Function1 PyContext_Exit = Function1.of("PyContext_Exit");
}
