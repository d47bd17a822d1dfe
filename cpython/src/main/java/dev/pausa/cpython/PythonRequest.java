package dev.pausa.cpython;

import dev.pausa.cpython.capi.PyContext;
import dev.pausa.cpython.capi.PyList;
import dev.pausa.cpython.capi.PyNumber;
import dev.pausa.cpython.capi.PyObjects;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.StartResponse;
import dev.pausa.wsgi.Write;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request as Python's functions see it. They are bound to its {@link Cell} and find it by a number: so what an
 * application keeps of a request keeps nothing else alive.
 */
final class PythonRequest {
    private final Interpreter interpreter;
    private final Environ environ;
    private final StartResponse startResponse;
    private final long handle;
    private final Cell cell;
    private final long context;
    private @Nullable Set<ArmedCallable> armed;
    private @Nullable Write write;
    private long input;

    /** Runs attached. The request gets a copy of {@code baseContext} for all its tasks (P37). */
    PythonRequest(Interpreter interpreter, long baseContext, Environ environ, StartResponse startResponse) {
        this.interpreter = interpreter;
        this.environ = environ;
        this.startResponse = startResponse;
        context = Raised.check(PyContext.PyContext_Copy.call(baseContext));
        cell = interpreter.requestFunctions().cell();
        handle = interpreter.handles().add(this);
        cell.enter(handle);
    }

    /** The request of a cell's list, or {@code null} if it is over. */
    static @Nullable PythonRequest of(Interpreter interpreter, long list) {
        long item = PyList.PyList_GetItem.call(list, 0);
        return interpreter.values().isExactly(item, PyNumber.PyLong_Type)
                ? interpreter.handles().get(PyNumber.PyLong_AsLongLong.call(item), PythonRequest.class)
                : null;
    }

    Environ environ() {
        return environ;
    }

    StartResponse startResponse() {
        return startResponse;
    }

    @Nullable
    Write write() {
        return write;
    }

    void write(Write started) {
        write = started;
    }

    Cell cell() {
        return cell;
    }

    /** The object that stands in the environ as {@code wsgi.input}, or 0. Kept, so that its address is its own (P51). */
    long input() {
        return input;
    }

    void input(long made) {
        input = Values.newReference(made);
    }

    /** Begins a task: what runs until {@link #leave()} runs in the request's context. */
    void enter() {
        if ((int) PyContext.PyContext_Enter.call(context) != 0) {
            throw interpreter.errors().fetch();
        }
    }

    /** Ends a task; in a forked child that came back from the application, the process (rule 11). */
    void leave() {
        interpreter.endIfForked(Values.NONE);
        PyContext.PyContext_Exit.call(context);
    }

    synchronized void add(ArmedCallable callable) {
        Set<ArmedCallable> all = armed;
        if (all == null) {
            all = HashSet.newHashSet(2);
            armed = all;
        }
        all.add(callable);
    }

    synchronized void remove(ArmedCallable callable) {
        if (armed != null) {
            armed.remove(callable);
        }
    }

    private synchronized Set<ArmedCallable> takeArmed() {
        Set<ArmedCallable> taken = armed;
        armed = null;
        return taken == null ? Set.of() : taken;
    }

    /** The request is over: gives everything back. Runs attached, once. */
    void end() {
        takeArmed().forEach(ArmedCallable::drop);
        interpreter.handles().remove(handle);
        CloseReason.Query query = environ.get(Environ.CLOSE_REASON);
        CloseReason reason = query == null ? null : query.get();
        if (input != 0) {
            PyObjects.Py_DecRef.call(input);
            input = 0;
        }
        interpreter.requestFunctions().over(cell, reason == null ? CloseReason.ERROR : reason);
        PyObjects.Py_DecRef.call(context);
    }
}
