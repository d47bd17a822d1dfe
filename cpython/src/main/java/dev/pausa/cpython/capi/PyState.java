package dev.pausa.cpython.capi;

import dev.pausa.cpython.capi.Functions.Function0;
import dev.pausa.cpython.capi.Functions.Function1;
import dev.pausa.cpython.capi.Functions.Function3;
import org.jspecify.annotations.Nullable;

/** {@code pystate.h, ceval.h}: threads and interpreters. */
public final class PyState {
    private PyState() {}

    /** {@code PyGILState_STATE PyGILState_Ensure(void): attaches the calling thread to the main interpreter} */
    public static final Function0 PyGILState_Ensure = Function0.of("PyGILState_Ensure");

    /** {@code void PyGILState_Release(PyGILState_STATE state)} */
    public static final Function1 PyGILState_Release = Function1.of("PyGILState_Release");

    /** {@code PyThreadState *PyEval_SaveThread(void): detaches} */
    public static final Function0 PyEval_SaveThread = Function0.of("PyEval_SaveThread");

    /** {@code void PyEval_RestoreThread(PyThreadState *state): attaches} */
    public static final Function1 PyEval_RestoreThread = Function1.of("PyEval_RestoreThread");

    /** {@code PyThreadState *PyThreadState_Get(void)} */
    public static final Function0 PyThreadState_Get = Function0.of("PyThreadState_Get");

    /** {@code PyInterpreterState *PyInterpreterState_Get(void)} */
    public static final Function0 PyInterpreterState_Get = Function0.of("PyInterpreterState_Get");

    /** {@code PyThreadState *PyThreadState_New(PyInterpreterState *interpreter)} */
    public static final Function1 PyThreadState_New = Function1.of("PyThreadState_New");

    /** {@code void PyThreadState_Clear(PyThreadState *state)} */
    public static final Function1 PyThreadState_Clear = Function1.of("PyThreadState_Clear");

    /** {@code void PyThreadState_DeleteCurrent(void)} */
    public static final Function0 PyThreadState_DeleteCurrent = Function0.of("PyThreadState_DeleteCurrent");

    /** {@code int PyUnstable_ThreadState_SetStackProtection(PyThreadState *state, void *start, size_t size): from 3.14.2 on} */
    public static final @Nullable Function3 PyUnstable_ThreadState_SetStackProtection =
            Function3.optional("PyUnstable_ThreadState_SetStackProtection");
}
