package dev.pausa.cpython;

import dev.pausa.cpython.capi.Native;
import dev.pausa.cpython.capi.PyLifecycle;
import dev.pausa.cpython.capi.PyObjects;
import dev.pausa.cpython.capi.PyState;
import dev.pausa.cpython.capi.ThreadStack;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The thread that begins an interpreter which Java starts, runs what must run in its main thread (imports of applications),
 * and ends it. It never serves a request (rule 4).
 */
final class OwnThread {
    /** Python needs a deep C stack (rule 5). */
    static final long STACK_SIZE = 16L << 20;

    private final LinkedBlockingQueue<Runnable> work = new LinkedBlockingQueue<>();
    private final boolean main;
    private boolean ended;

    private OwnThread(boolean main) {
        this.main = main;
    }

    /** Makes an interpreter on a new daemon thread and waits for it. */
    static Interpreter start(String name, Function<OwnThread, Interpreter> make) {
        var made = new CompletableFuture<Interpreter>();
        var own = new OwnThread(name.equals("pausa-python"));
        var thread = new Thread(null, () -> own.run(made, make), name, STACK_SIZE);
        thread.setDaemon(true);
        thread.start();
        return join(made);
    }

    private void run(CompletableFuture<Interpreter> made, Function<OwnThread, Interpreter> make) {
        try {
            made.complete(make.apply(this));
        } catch (Throwable failed) {
            made.completeExceptionally(failed);
            return;
        }
        try {
            while (!ended) {
                long state = PyState.PyEval_SaveThread.call();
                Runnable next = work.take();
                PyState.PyEval_RestoreThread.call(state);
                next.run();
            }
        } catch (InterruptedException nobodyDoesThat) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs {@code task} attached on this thread and waits for its result. */
    <T extends @Nullable Object> T call(Callable<T> task) {
        var result = new CompletableFuture<T>();
        work.add(() -> {
            try {
                result.complete(task.call());
            } catch (Throwable thrown) {
                result.completeExceptionally(thrown);
            }
        });
        return join(result);
    }

    /** Ends the interpreter and this thread, then runs {@code after}. */
    void end(Runnable after) {
        call(() -> {
            ended = true;
            if (main) {
                PyLifecycle.Py_FinalizeEx.call();
            } else {
                PyLifecycle.Py_EndInterpreter.call(PyState.PyThreadState_Get.call());
            }
            after.run();
            return null;
        });
    }

    private static <T extends @Nullable Object> T join(CompletableFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Error error) {
                throw error;
            }
            throw failed.getCause() instanceof RuntimeException known ? known : new IllegalStateException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Python worked", interrupted);
        }
    }

    /** Starts the main interpreter on the calling thread, without signal handlers. */
    static void initialize(String executable) {
        // SAFETY: CPython keeps the pointer for as long as the process lives, and so does the arena.
        int[] wide = (executable + '\0').codePoints().toArray(); // wchar_t has 32 bits on Linux and macOS
        long name = Arena.global().allocateFrom(ValueLayout.JAVA_INT, wide).address();
        PyLifecycle.Py_SetProgramName.call(name);
        PyLifecycle.Py_InitializeEx.call(0);
        ThreadStack.protect(PyState.PyThreadState_Get.call());
        FaultHandler.enable();
        extendPath();
    }

    /** Makes an interpreter with its own GIL on the calling thread. */
    static Interpreter isolate(OwnThread own) {
        ThreadStack.protect(PyLifecycle.newIsolatedInterpreter());
        extendPath();
        return new Interpreter(PyState.PyInterpreterState_Get.call(), own);
    }

    /** The bridge's part in Python lies beside this class: in the jar, or in the folder of classes. */
    private static void extendPath() {
        String here = Path.of(URI.create(OwnThread.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString()))
                .toString();
        try (Arena arena = Arena.ofConfined()) {
            long path =
                    PyLifecycle.PySys_GetObject.call(arena.allocateFrom("path").address());
            byte[] bytes = here.getBytes(StandardCharsets.UTF_8);
            long text = arena.allocate(bytes.length + 1L).address();
            Native.copy(bytes, 0, text, bytes.length);
            long entry = PyLifecycle.PyUnicode_DecodeFSDefaultAndSize.call(text, bytes.length);
            PyLifecycle.PyList_Append.call(path, entry);
            PyObjects.Py_DecRef.call(entry);
        }
    }
}
