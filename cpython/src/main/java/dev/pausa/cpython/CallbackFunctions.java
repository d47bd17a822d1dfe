package dev.pausa.cpython;

import dev.pausa.cpython.capi.PyBytes;
import dev.pausa.cpython.capi.PyDict;
import dev.pausa.cpython.capi.PyErr;
import dev.pausa.cpython.capi.PyNumber;
import dev.pausa.cpython.capi.PyObjects;
import dev.pausa.wsgi.CallLater;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Input;
import dev.pausa.wsgi.InputHandler;
import dev.pausa.wsgi.Resume;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** {@code pausa.call_later} (P31) and {@code wsgi.input_handler} (P50 to P55), which take a callable and return how to cancel it. */
final class CallbackFunctions {
    private final Interpreter interpreter;
    private final long callLater;
    private final long inputHandler;
    private final long cancel;
    private final long inputKey;

    /** Runs attached. */
    CallbackFunctions(Interpreter interpreter) {
        this.interpreter = interpreter;
        Functions functions = interpreter.functions();
        callLater = functions.define("call_later", this::callLater);
        inputHandler = functions.define("input_handler", this::inputHandler);
        cancel = functions.define("cancel", this::cancel);
        inputKey = interpreter.values().string(Environ.INPUT.name());
    }

    /** A method to bind to the cell of a request. */
    long callLater() {
        return callLater;
    }

    /** A method to bind to the cell of a request. */
    long inputHandler() {
        return inputHandler;
    }

    private long callLater(long self, long arguments, long count, long names) {
        interpreter.functions().expect("call_later", count, names, 2, 2);
        double seconds = PyNumber.asDouble(Functions.argument(arguments, 0));
        if (seconds == -1 && PyErr.PyErr_Occurred.call() != 0) {
            Raised.check(0);
        }
        if (!(seconds >= 0 && seconds < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("seconds must be finite and not negative, not " + seconds);
        }
        long callback = callable("callback", Functions.argument(arguments, 1));
        PythonRequest request = PythonRequest.of(interpreter, self);
        CallLater later = request == null ? null : request.environ().get(Environ.CALL_LATER);
        if (request == null || later == null) {
            return canceller(0);
        }
        Duration delay = Duration.ofNanos((long) (seconds * 1e9));
        ArmedCallable timer = armedCallable(request, callback);
        timer.armed(
                isResume(callback)
                        ? later.after(delay, (Resume) timer)
                        : later.after(delay, (CallLater.Callback) timer));
        return canceller(timer.handle());
    }

    /** Serves only for the object that this request's environ was built with; otherwise answers {@code None} (P51, P52). */
    private long inputHandler(long self, long arguments, long count, long names) {
        interpreter.functions().expect("input_handler", count, names, 2, 2);
        long handler = callable("handler", Functions.argument(arguments, 1));
        PythonRequest request = PythonRequest.of(interpreter, self);
        InputHandler handlers = request == null ? null : request.environ().get(Environ.INPUT_HANDLER);
        Input input = request == null ? null : request.environ().get(Environ.INPUT);
        long source = source(Functions.argument(arguments, 0));
        if (request == null || handlers == null || input == null || source == 0 || source != request.input()) {
            return Values.none();
        }
        ArmedCallable armed = register(request, handlers, input, handler);
        return armed == null ? Values.none() : canceller(armed.handle());
    }

    private @Nullable ArmedCallable register(PythonRequest request, InputHandler handlers, Input input, long handler) {
        ArmedCallable armed = armedCallable(request, handler);
        InputHandler.Registration registration = null;
        try {
            registration = isResume(handler)
                    ? handlers.register(input, (Resume) armed)
                    : handlers.register(input, (CallLater.Callback) armed);
        } finally {
            if (registration == null) {
                armed.drop();
            }
        }
        if (registration == null) {
            return null;
        }
        armed.armed(registration::cancel);
        if (readAhead(request.input())) {
            registration.ready();
        }
        return armed;
    }

    /** What {@code source['wsgi.input']} is, if it is a dict, whatever its class makes of that; borrowed, or 0. */
    private long source(long source) {
        if (!interpreter.values().isInstance(source, PyDict.PyDict_Type)) {
            return source;
        }
        long input = PyDict.PyDict_GetItemWithError.call(source, inputKey);
        if (input == 0 && PyErr.PyErr_Occurred.call() != 0) {
            Raised.check(0);
        }
        return input;
    }

    /** Whether an {@code Input} holds bytes that it took and did not give away: they count as there (P53). */
    private boolean readAhead(long input) {
        long buffer = interpreter.values().attribute(input, "_buffer");
        boolean any = buffer != 0 && PyBytes.PyBytes_Size.call(buffer) > 0;
        if (buffer != 0) {
            PyObjects.Py_DecRef.call(buffer);
        }
        return any;
    }

    private long callable(String name, long object) {
        if ((int) PyObjects.PyCallable_Check.call(object) == 0) {
            throw interpreter.errors().typeError(name + " must be callable");
        }
        return object;
    }

    private boolean isResume(long callable) {
        return interpreter.values().isExactly(callable, interpreter.module().resume());
    }

    private ArmedCallable armedCallable(PythonRequest request, long callable) {
        Resume resume = isResume(callable)
                ? interpreter.handles().get(interpreter.module().number(callable), Resume.class)
                : null;
        return new ArmedCallable(interpreter, request, callable, resume);
    }

    /** A new function that cancels what has this handle. */
    private long canceller(long handle) {
        long argument = PyNumber.PyLong_FromLongLong.call(handle);
        long function = Functions.bind(cancel, argument);
        PyObjects.Py_DecRef.call(argument);
        return function;
    }

    private long cancel(long self, long arguments, long count, long names) {
        interpreter.functions().expect("cancel", count, names, 0, 0);
        ArmedCallable armed = interpreter.handles().get(PyNumber.PyLong_AsLongLong.call(self), ArmedCallable.class);
        return Values.bool(armed != null && armed.cancel());
    }
}
