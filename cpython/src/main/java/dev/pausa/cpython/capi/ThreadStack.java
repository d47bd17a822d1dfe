package dev.pausa.cpython.capi;

import dev.pausa.cpython.capi.Functions.Function0;
import dev.pausa.cpython.capi.Functions.Function1;
import dev.pausa.cpython.capi.Functions.Function2;
import dev.pausa.cpython.capi.Functions.Function3;
import java.lang.foreign.Arena;

/** {@code pthread.h}: where the stack of the calling thread lies. */
public final class ThreadStack {
    /** {@code pthread_t pthread_self(void)} */
    private static final Function0 PTHREAD_SELF = Function0.of("pthread_self");

    /** {@code int pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes)} */
    private static final Function2 PTHREAD_GETATTR_NP = Function2.of("pthread_getattr_np");

    /** {@code int pthread_attr_getstack(const pthread_attr_t *attributes, void **low, size_t *size)} */
    private static final Function3 PTHREAD_ATTR_GETSTACK = Function3.of("pthread_attr_getstack");

    /** {@code int pthread_attr_destroy(pthread_attr_t *attributes)} */
    private static final Function1 PTHREAD_ATTR_DESTROY = Function1.of("pthread_attr_destroy");

    /** What the JVM keeps for an upcall at the deepest point of Python: its guard and shadow pages, and our frames. */
    private static final long RESERVE = 256 * 1024;

    private ThreadStack() {}

    /**
     * Makes CPython 3.14 raise RecursionError {@value #RESERVE} bytes before the stack ends (rule 5): at its own limit the
     * JVM would abort on the next upcall. Does nothing where CPython does not look at the stack.
     */
    public static void protect(long threadState) {
        var setProtection = PyState.PyUnstable_ThreadState_SetStackProtection;
        if (setProtection == null) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            long attributes = arena.allocate(64, 8).address();
            long low = arena.allocate(8, 8).address();
            long size = arena.allocate(8, 8).address();
            if ((int) PTHREAD_GETATTR_NP.call(PTHREAD_SELF.call(), attributes) != 0) {
                return;
            }
            PTHREAD_ATTR_GETSTACK.call(attributes, low, size);
            PTHREAD_ATTR_DESTROY.call(attributes);
            setProtection.call(threadState, Native.getLong(low) + RESERVE, Native.getLong(size) - RESERVE);
        }
    }
}
