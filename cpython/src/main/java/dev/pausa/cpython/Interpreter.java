package dev.pausa.cpython;

import dev.pausa.cpython.capi.Native;
import dev.pausa.cpython.capi.PyImport;
import dev.pausa.cpython.capi.PyLifecycle;
import dev.pausa.cpython.capi.PyObjects;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * One CPython interpreter in this process; all state of the bridge hangs off it. Two ways in: Python started the JVM
 * ({@link #ofProcess()}), or Java starts Python ({@link #load}, for embedding). Methods may be called from any thread,
 * attached or not, but not from virtual ones.
 */
public final class Interpreter implements AutoCloseable {
    private final Handles handles = new Handles();
    private final Queue<Long> drops = new ConcurrentLinkedQueue<>();
    private final ThreadLocal<Scratch> scratches = ThreadLocal.withInitial(Scratch::new);
    private final Values values = new Values(this);
    private final Errors errors = new Errors(this);
    private final Functions functions = new Functions(this);
    private final PythonThreads threads;
    private final @Nullable OwnThread ownThread;
    private final RequestFunctions requestFunctions;
    private final BridgeModule module;

    /** Runs attached, on the thread that is the interpreter's main one. */
    Interpreter(long state, @Nullable OwnThread ownThread) {
        this.ownThread = ownThread;
        threads = new PythonThreads(state, this::drop);
        PyObjects.Py_DecRef.call(
                errors.check(PyImport.PyImport_ImportModule.call(scratch().ascii("threading"))));
        scratch().release(0);
        requestFunctions = new RequestFunctions(this);
        module = BridgeModule.connect(this, requestFunctions.forModule());
        rehearseEndOfChild();
    }

    /**
     * Runs once what a forked child runs on its way out: no class can be loaded there, because a thread that is not in the
     * child may hold the JVM's lock.
     */
    private void rehearseEndOfChild() {
        errors.typeError("rehearsal");
        errors.fetch();
        module.endChild(Values.NONE);
    }

    /** The interpreter that started this JVM; called on its main thread, which is detached while it is in Java. */
    public static Interpreter ofProcess() {
        try {
            return new PythonThreads(0, () -> {}).attached(() -> new Interpreter(0, null));
        } catch (RuntimeException | Error known) {
            throw known;
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * Starts CPython in this process, on a thread of its own, which ends it as well.
     *
     * @param library a shared libpython, 3.10 to 3.14
     * @param executable the interpreter whose prefix and packages are wanted: that of a venv, or the installation's
     * @throws LinkageError if the library cannot be loaded
     */
    public static Interpreter load(Path library, Path executable) {
        return OwnThread.start("pausa-python", own -> {
            Native.load(library.toAbsolutePath().toString());
            OwnThread.initialize(executable.toAbsolutePath().toString());
            return new Interpreter(0, own);
        });
    }

    /**
     * Makes another interpreter with a GIL of its own. CPython from 3.14 on; it loads only extensions that allow it
     * (rule 12), and must be closed before the one that it is called on.
     */
    public Interpreter isolated() {
        return OwnThread.start("pausa-python-isolated", OwnThread::isolate);
    }

    /** Which CPython this is, as {@code "3.11.2"}. */
    public String version() {
        String version = Native.string(PyLifecycle.Py_GetVersion.call());
        return version.substring(0, version.indexOf(' '));
    }

    /** How workers' threads attach and detach. */
    public PythonThreads threads() {
        return threads;
    }

    /**
     * Calls a Python function: on the interpreter's main thread if Java started it, otherwise on the calling thread.
     * {@code null}, {@code Boolean}, {@code Integer}, {@code Long}, {@code Double}, {@code String}, {@code byte[]}, lists,
     * maps, {@link Callback} and {@link PythonObject} have their likes in Python; what comes back of another type is a
     * {@link PythonObject}.
     *
     * @throws PythonException what the function raised
     */
    public @Nullable Object call(String moduleName, String function, @Nullable Object... arguments) {
        return onMainThread(() -> callAttached(moduleName, function, arguments));
    }

    /** Runs {@code work} attached: on the main thread of an interpreter that Java started, else on the calling thread. */
    <T extends @Nullable Object> T onMainThread(Callable<T> work) {
        Callable<T> checked = () -> {
            try {
                return work.call();
            } catch (Raised raised) {
                throw errors.fetch(); // here: the error indicator is this thread's
            }
        };
        try {
            if (ownThread == null) {
                return threads.attached(checked);
            }
            return threads.worker() ? threads.detached(() -> ownThread.call(checked)) : ownThread.call(checked);
        } catch (RuntimeException | Error known) {
            throw known;
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * Imports an application: {@code module:attribute}, {@code module:factory()} or {@code path/to/file.py}.
     *
     * @param constants what stands in the environ of every request
     */
    public PythonApplication application(String target, Map<String, Object> constants) {
        if (call("pausa._bridge", "load", target) instanceof PythonObject application) {
            return new PythonApplication(this, application, constants);
        }
        throw new IllegalArgumentException(target + " is no application");
    }

    private @Nullable Object callAttached(String moduleName, String function, @Nullable Object[] arguments) {
        int mark = scratch().mark();
        var references = new long[arguments.length];
        try {
            long owner =
                    errors.check(PyImport.PyImport_ImportModule.call(scratch().ascii(moduleName)));
            long callable = values.attribute(owner, function);
            PyObjects.Py_DecRef.call(owner);
            if (callable == 0) {
                throw new IllegalArgumentException(moduleName + " has no " + function);
            }
            for (int i = 0; i < arguments.length; i++) {
                references[i] = values.toPython(arguments[i]);
            }
            long result = values.call(callable, references);
            PyObjects.Py_DecRef.call(callable);
            errors.check(result);
            Object value = values.toJava(result);
            PyObjects.Py_DecRef.call(result);
            return value;
        } finally {
            for (long reference : references) {
                if (reference != 0) {
                    PyObjects.Py_DecRef.call(reference);
                }
            }
            scratch().release(mark);
        }
    }

    /** Does not return to the server in a forked child (rule 11); {@code error} is what the application raised, or None. */
    void endIfForked(long error) {
        if (functions.forked()) {
            module.endChild(error);
        }
    }

    /** Ends an interpreter that Java started; the workers' threads must have ended. One that started the JVM goes on. */
    @Override
    public void close() {
        if (ownThread != null) {
            ownThread.end(functions::close);
        }
    }

    Handles handles() {
        return handles;
    }

    Values values() {
        return values;
    }

    Errors errors() {
        return errors;
    }

    Functions functions() {
        return functions;
    }

    RequestFunctions requestFunctions() {
        return requestFunctions;
    }

    BridgeModule module() {
        return module;
    }

    Scratch scratch() {
        return scratches.get();
    }

    /** Takes an owned reference from a thread that may not be attached (rule 8). */
    void dropLater(long reference) {
        drops.add(reference);
    }

    /** Drops what other threads left; runs attached. */
    void drop() {
        for (Long reference = drops.poll(); reference != null; reference = drops.poll()) {
            PyObjects.Py_DecRef.call(reference);
        }
    }
}
