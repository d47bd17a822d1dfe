package dev.pausa.cpython.capi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.pausa.cpython.capi.Functions.Function0;
import dev.pausa.cpython.capi.Functions.Function1;
import dev.pausa.cpython.capi.Functions.Function2;
import dev.pausa.cpython.capi.Functions.Function3;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/** {@code pylifecycle.h, cpython/initconfig.h}: interpreters begin and end. */
public final class PyLifecycle {
    private PyLifecycle() {}

    /** {@code void Py_InitializeEx(int initsigs)} */
    public static final Function1 Py_InitializeEx = Function1.of("Py_InitializeEx");

    /** {@code void Py_SetProgramName(const wchar_t *name)}: before initialisation; gone in 3.15 */
    public static final Function1 Py_SetProgramName = Function1.of("Py_SetProgramName");

    /** {@code int Py_FinalizeEx(void)} */
    public static final Function0 Py_FinalizeEx = Function0.of("Py_FinalizeEx");

    /** {@code const char *Py_GetVersion(void)} */
    public static final Function0 Py_GetVersion = Function0.of("Py_GetVersion");

    /** {@code void Py_EndInterpreter(PyThreadState *state)} */
    public static final Function1 Py_EndInterpreter = Function1.of("Py_EndInterpreter");

    /** {@code int PyRun_SimpleString(const char *command)} */
    public static final Function1 PyRun_SimpleString = Function1.of("PyRun_SimpleString");

    /** {@code PyObject *PySys_GetObject(const char *name)}: borrowed */
    public static final Function1 PySys_GetObject = Function1.of("PySys_GetObject");

    /** {@code PyObject *PyUnicode_DecodeFSDefaultAndSize(const char *string, Py_ssize_t size)} */
    public static final Function2 PyUnicode_DecodeFSDefaultAndSize = Function2.of("PyUnicode_DecodeFSDefaultAndSize");

    /** {@code int PyList_Append(PyObject *list, PyObject *item)} */
    public static final Function2 PyList_Append = Function2.of("PyList_Append");

    /** {@code int sigaction(int signal, const struct sigaction *action, struct sigaction *old)} */
    public static final Function3 sigaction = Function3.of("sigaction");

    /** {@code typedef struct { int type; const char *func; const char *err_msg; int exitcode; } PyStatus} */
    private static final StructLayout STATUS = MemoryLayout.structLayout(
            JAVA_INT, MemoryLayout.paddingLayout(4), ADDRESS, ADDRESS, JAVA_INT, MemoryLayout.paddingLayout(4));

    /** {@code PyInterpreterConfig_OWN_GIL} */
    private static final int OWN_GIL = 2;

    /** Linked on first use: it does not exist before 3.12. */
    private static final class Isolated {
        /** {@code PyStatus Py_NewInterpreterFromConfig(PyThreadState **state, const PyInterpreterConfig *config)} */
        static final MethodHandle NEW =
                Native.link("Py_NewInterpreterFromConfig", FunctionDescriptor.of(STATUS, JAVA_LONG, JAVA_LONG));
    }

    /**
     * Makes an interpreter with a GIL of its own, attached to the calling thread afterwards.
     *
     * @return its {@code PyThreadState *}
     * @throws IllegalStateException with CPython's reason
     */
    public static long newIsolatedInterpreter() {
        try (Arena arena = Arena.ofConfined()) {
            // use_main_obmalloc, allow_fork, allow_exec, allow_threads, allow_daemon_threads,
            // check_multi_interp_extensions, gil
            MemorySegment config = arena.allocateFrom(JAVA_INT, 0, 0, 0, 1, 0, 1, OWN_GIL);
            MemorySegment state = arena.allocate(JAVA_LONG);
            var status = (MemorySegment)
                    Isolated.NEW.invokeExact((SegmentAllocator) arena, state.address(), config.address());
            if (status.get(JAVA_INT, 0) != 0) {
                long message = Native.getLong(status.address() + 16);
                throw new IllegalStateException(message == 0 ? "no reason given" : Native.string(message));
            }
            return state.get(JAVA_LONG, 0);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }
}
