package dev.pausa.cpython;

import dev.pausa.cpython.capi.PyState;
import dev.pausa.cpython.capi.ThreadStack;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How threads of Java attach to an interpreter and detach from it. A worker's thread calls {@link #begin()} once, then
 * {@link #idle()} and {@link #busy()} around each wait, and {@link #end()} at its end: its thread state lives as long as
 * the thread (P39, rule 5). Virtual threads must not come here: they move between carriers.
 */
public final class PythonThreads {
    private final long interpreter;
    private final Runnable onBusy;

    @SuppressWarnings("ThreadLocalUsage") // one for each interpreter, of which a process has few
    private final ThreadLocal<Attachment> attachments = new ThreadLocal<>();

    private final AtomicInteger inside = new AtomicInteger();

    /** The thread state of one worker's thread. */
    private static final class Attachment {
        final long state;

        Attachment(long state) {
            this.state = state;
        }
    }

    /**
     * Threads of one interpreter.
     *
     * @param interpreter a {@code PyInterpreterState *}, or 0 for the main interpreter, whose thread states come from
     *     {@code PyGILState_Ensure} so that extensions find the same one
     * @param onBusy what a thread does when it is attached again
     */
    PythonThreads(long interpreter, Runnable onBusy) {
        this.interpreter = interpreter;
        this.onBusy = onBusy;
    }

    /** Attaches the calling thread for the first time. */
    public void begin() {
        long state;
        if (interpreter == 0) {
            PyState.PyGILState_Ensure.call();
            state = PyState.PyThreadState_Get.call();
        } else {
            state = PyState.PyThreadState_New.call(interpreter);
            PyState.PyEval_RestoreThread.call(state);
        }
        ThreadStack.protect(state);
        attachments.set(new Attachment(state));
        inside.incrementAndGet();
    }

    /** Detaches: the thread is about to wait. */
    public void idle() {
        PyState.PyEval_SaveThread.call();
        inside.decrementAndGet();
    }

    /** Attaches again; waits while another thread holds the GIL. */
    public void busy() {
        PyState.PyEval_RestoreThread.call(current().state);
        inside.incrementAndGet();
        onBusy.run();
    }

    /** Gives the thread state back. */
    public void end() {
        Attachment attachment = current();
        attachments.remove();
        if (interpreter == 0) {
            int unlocked = 1; // PyGILState_UNLOCKED: what the one Ensure of begin() found
            PyState.PyGILState_Release.call(unlocked);
        } else {
            PyState.PyThreadState_Clear.call(attachment.state);
            PyState.PyThreadState_DeleteCurrent.call();
        }
        inside.decrementAndGet();
    }

    /** How many workers' threads are attached or wait to be, and how many threads wait in Java with Python's frames below. */
    public int inside() {
        return inside.get();
    }

    /** Whether the calling thread is a worker's. */
    boolean worker() {
        return attachments.get() != null;
    }

    private Attachment current() {
        Attachment attachment = attachments.get();
        if (attachment == null) {
            throw new IllegalStateException("thread " + Thread.currentThread().getName() + " is no worker's thread");
        }
        return attachment;
    }

    /** Runs what may wait, detached; the calling thread is attached before and after (rule 6). */
    <T extends @Nullable Object> T detached(Callable<T> waiting) throws Exception {
        boolean worker = worker(); // is counted already
        if (!worker) {
            inside.incrementAndGet();
        }
        long state = PyState.PyEval_SaveThread.call();
        try {
            return waiting.call();
        } finally {
            PyState.PyEval_RestoreThread.call(state);
            if (!worker) {
                inside.decrementAndGet();
            }
        }
    }

    /** Runs {@code work} attached, whatever the calling thread was before. */
    <T extends @Nullable Object> T attached(Callable<T> work) throws Exception {
        if (interpreter == 0) {
            long before = PyState.PyGILState_Ensure.call();
            try {
                return work.call();
            } finally {
                PyState.PyGILState_Release.call(before);
            }
        }
        if (worker()) {
            return work.call();
        }
        begin();
        try {
            return work.call();
        } finally {
            end();
        }
    }
}
