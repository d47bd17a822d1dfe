package dev.pausa.cpython;

import dev.pausa.cpython.capi.PyObjects;
import dev.pausa.wsgi.CallLater;
import dev.pausa.wsgi.Resume;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What a timer of {@code pausa.call_later} or {@code wsgi.input_handler} will call: holds a reference to the callable until
 * it ran, was cancelled, or the request is over.
 */
final class ArmedCallable implements Resume, CallLater.Callback {
    private final Interpreter interpreter;
    private final PythonRequest request;
    private final long callback;
    private final @Nullable Resume resume;
    private final long handle;
    private final AtomicBoolean dropped = new AtomicBoolean();
    private volatile CallLater.@Nullable Timer timer;

    /** Runs attached; {@code resume} is what {@code callback} stands for, if it is one. */
    ArmedCallable(Interpreter interpreter, PythonRequest request, long callback, @Nullable Resume resume) {
        this.interpreter = interpreter;
        this.request = request;
        this.callback = Values.newReference(callback);
        this.resume = resume;
        handle = interpreter.handles().add(this);
        request.add(this);
    }

    long handle() {
        return handle;
    }

    void armed(CallLater.Timer started) {
        timer = started;
    }

    boolean cancel() {
        CallLater.Timer started = timer;
        boolean armed = started != null && started.cancel();
        if (armed) {
            drop();
        }
        return armed;
    }

    /** Fires a resume, on a thread of the server that is not attached. */
    @Override
    public boolean resume() {
        boolean ended = resume != null && resume.resume();
        drop();
        return ended;
    }

    @Override
    public boolean pending() {
        return resume != null && resume.pending();
    }

    /** Runs the callback as a task of the request: attached. */
    @Override
    public void call() {
        request.enter();
        try {
            PyObjects.Py_DecRef.call(
                    interpreter.errors().check(interpreter.values().call(callback)));
        } finally {
            request.leave();
            drop();
        }
    }

    /** Gives the reference back; from any thread, any number of times. */
    void drop() {
        if (dropped.compareAndSet(false, true)) {
            interpreter.handles().remove(handle);
            request.remove(this);
            interpreter.dropLater(callback);
        }
    }
}
