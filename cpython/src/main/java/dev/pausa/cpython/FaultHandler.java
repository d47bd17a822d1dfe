package dev.pausa.cpython;

import dev.pausa.cpython.capi.PyErr;
import dev.pausa.cpython.capi.PyLifecycle;
import java.lang.foreign.Arena;

/**
 * {@code faulthandler} where Java started Python: enabled with the JVM's handlers of the fault signals put back at once, so
 * that a later {@code enable()} of an application only changes the file (rule 1). Otherwise it would take the JVM's null
 * checks, which are SIGSEGVs, for crashes.
 */
final class FaultHandler {
    /** SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGSEGV. */
    private static final int[] FAULTS = {4, 6, 7, 8, 11};

    private static final int SIGACTION_SIZE = 256;

    private FaultHandler() {}

    static void enable() {
        try (Arena arena = Arena.ofConfined()) {
            long actions =
                    arena.allocate((long) FAULTS.length * SIGACTION_SIZE, 16).address();
            for (int i = 0; i < FAULTS.length; i++) {
                PyLifecycle.sigaction.call(FAULTS[i], 0, actions + (long) i * SIGACTION_SIZE);
            }
            String code = """
                    import faulthandler, sys
                    if sys.stderr: faulthandler.enable(sys.__stderr__)
                    faulthandler.disable = lambda: False
                    """;
            if ((int) PyLifecycle.PyRun_SimpleString.call(
                            arena.allocateFrom(code).address())
                    != 0) {
                PyErr.PyErr_Clear.call();
            }
            for (int i = 0; i < FAULTS.length; i++) {
                PyLifecycle.sigaction.call(FAULTS[i], actions + (long) i * SIGACTION_SIZE, 0);
            }
        }
    }
}
