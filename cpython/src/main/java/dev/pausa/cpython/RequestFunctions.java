package dev.pausa.cpython;

import dev.pausa.cpython.capi.Native;
import dev.pausa.cpython.capi.PyBytes;
import dev.pausa.cpython.capi.PyErr;
import dev.pausa.cpython.capi.PyList;
import dev.pausa.cpython.capi.PyNumber;
import dev.pausa.cpython.capi.PyObjects;
import dev.pausa.wsgi.ApplicationError;
import dev.pausa.wsgi.CallLater;
import dev.pausa.wsgi.ClientDisconnected;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Input;
import dev.pausa.wsgi.PauseOutput;
import dev.pausa.wsgi.Resume;
import dev.pausa.wsgi.Write;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What Python applications find in their environ, as built-in functions bound to the cell of a request. */
final class RequestFunctions {
    private static final int READ_SIZE = 65536;

    private final Interpreter interpreter;
    private final StartResponseFunction startResponse;
    private final long pauseOutput;
    private final long callLater;
    private final long closeReason;
    private final long cancel;
    private final ThreadLocal<byte[]> readBuffers = ThreadLocal.withInitial(() -> new byte[READ_SIZE]);

    RequestFunctions(Interpreter interpreter) {
        this.interpreter = interpreter;
        Functions functions = interpreter.functions();
        startResponse = new StartResponseFunction(interpreter, functions.define("write", this::write));
        pauseOutput = functions.define("pause_output", this::pauseOutput);
        callLater = functions.define("call_later", this::callLater);
        closeReason = functions.define("close_reason", this::closeReason);
        cancel = functions.define("cancel", this::cancel);
    }

    /** The functions that {@code pausa._bridge} asks for by name. */
    Map<String, Long> forModule() {
        Functions functions = interpreter.functions();
        return Map.of(
                "resume", Functions.bind(functions.define("resume", this::resume), 0),
                "pending", Functions.bind(functions.define("pending", this::pending), 0),
                "dropped", Functions.bind(functions.define("dropped", this::dropped), 0),
                "read", Functions.bind(functions.define("read", this::read), 0),
                "sever",
                        Functions.bind(
                                functions.define("sever", (self, arguments, count, names) -> functions.sever()), 0));
    }

    /** A new function object for a request. */
    long startResponse(long cell) {
        return Functions.bind(startResponse.method(), cell);
    }

    long pauseOutput(long cell) {
        return Functions.bind(pauseOutput, cell);
    }

    long callLater(long cell) {
        return Functions.bind(callLater, cell);
    }

    long closeReason(long cell) {
        return Functions.bind(closeReason, cell);
    }

    private long write(long self, long arguments, long count, long names) throws Exception {
        interpreter.functions().expect("write", count, names, 1, 1);
        PythonRequest request = PythonRequest.of(interpreter, self);
        Write write = request == null ? null : request.write();
        if (write == null) {
            throw new ApplicationError("write() was called after the request was over");
        }
        long data = Functions.argument(arguments, 0);
        if (!interpreter.values().isInstance(data, PyBytes.PyBytes_Type)) {
            throw new ApplicationError(
                    "write() takes bytes, not " + interpreter.values().typeName(data));
        }
        // The caller's argument keeps the bytes alive while this thread is detached.
        ByteBuffer bytes = Native.buffer(PyBytes.PyBytes_AsString.call(data), PyBytes.PyBytes_Size.call(data));
        interpreter.threads().detached(() -> {
            write.write(bytes);
            return Boolean.TRUE;
        });
        return Values.none();
    }

    private long pauseOutput(long self, long arguments, long count, long names) {
        interpreter.functions().expect("pause_output", count, names, 0, 0);
        PythonRequest request = PythonRequest.of(interpreter, self);
        PauseOutput pauseOutput = request == null ? null : request.environ().get(Environ.PAUSE_OUTPUT);
        long number = pauseOutput == null ? 0 : interpreter.handles().add(pauseOutput.pause()); // 0 is dead (P5)
        long argument = PyNumber.PyLong_FromLongLong.call(number);
        long resume = interpreter.values().call(interpreter.module().resume(), argument);
        PyObjects.Py_DecRef.call(argument);
        return resume;
    }

    private long resume(long self, long arguments, long count, long names) {
        Resume resume = resumeOf(arguments, count, names);
        return Values.bool(resume != null && resume.resume());
    }

    private long pending(long self, long arguments, long count, long names) {
        Resume resume = resumeOf(arguments, count, names);
        return Values.bool(resume != null && resume.pending());
    }

    private long dropped(long self, long arguments, long count, long names) {
        Resume resume = resumeOf(arguments, count, names);
        if (resume != null) {
            interpreter.handles().remove(PyNumber.PyLong_AsLongLong.call(Functions.argument(arguments, 0)));
            resume.dropped();
        }
        return Values.none();
    }

    private @Nullable Resume resumeOf(long arguments, long count, long names) {
        interpreter.functions().expect("resume", count, names, 1, 1);
        long number = PyNumber.PyLong_AsLongLong.call(Functions.argument(arguments, 0));
        return interpreter.handles().get(number, Resume.class);
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
        long callback = Functions.argument(arguments, 1);
        if ((int) PyObjects.PyCallable_Check.call(callback) == 0) {
            throw interpreter.errors().typeError("callback must be callable");
        }
        PythonRequest request = PythonRequest.of(interpreter, self);
        CallLater callLaterOfRequest =
                request == null ? null : request.environ().get(Environ.CALL_LATER);
        long number = request == null || callLaterOfRequest == null
                ? 0
                : arm(request, callLaterOfRequest, Duration.ofNanos((long) (seconds * 1e9)), callback);
        long argument = PyNumber.PyLong_FromLongLong.call(number);
        long function = Functions.bind(cancel, argument);
        PyObjects.Py_DecRef.call(argument);
        return function;
    }

    private long arm(PythonRequest request, CallLater callLaterOfRequest, Duration delay, long callback) {
        boolean isResume =
                interpreter.values().isExactly(callback, interpreter.module().resume());
        Resume resume =
                isResume ? interpreter.handles().get(interpreter.module().number(callback), Resume.class) : null;
        var timer = new PythonTimer(interpreter, request, callback, resume);
        timer.armed(
                isResume
                        ? callLaterOfRequest.after(delay, (Resume) timer)
                        : callLaterOfRequest.after(delay, (CallLater.Callback) timer));
        return timer.handle();
    }

    private long cancel(long self, long arguments, long count, long names) {
        interpreter.functions().expect("cancel", count, names, 0, 0);
        PythonTimer timer = interpreter.handles().get(PyNumber.PyLong_AsLongLong.call(self), PythonTimer.class);
        return Values.bool(timer != null && timer.cancel());
    }

    private long closeReason(long self, long arguments, long count, long names) {
        interpreter.functions().expect("close_reason", count, names, 0, 0);
        PythonRequest request = PythonRequest.of(interpreter, self);
        if (request == null) {
            return Values.newReference(PyList.PyList_GetItem.call(self, 0));
        }
        CloseReason.Query query = request.environ().get(Environ.CLOSE_REASON);
        CloseReason reason = query == null ? null : query.get();
        return reason == null ? Values.none() : interpreter.values().string(reason.text());
    }

    /** {@code read(cell, size)}: at least one byte unless at the end, at most {@code size} and {@value #READ_SIZE}. */
    private long read(long self, long arguments, long count, long names) throws Exception {
        interpreter.functions().expect("read", count, names, 2, 2);
        PythonRequest request = PythonRequest.of(interpreter, Functions.argument(arguments, 0));
        Input input = request == null ? null : request.environ().get(Environ.INPUT);
        if (input == null) {
            throw new ClientDisconnected("wsgi.input was read after the request was over");
        }
        int size = (int) Math.min(READ_SIZE, PyNumber.PyLong_AsLongLong.call(Functions.argument(arguments, 1)));
        byte[] buffer = readBuffers.get();
        int length = input.ready()
                ? input.read(buffer, 0, size)
                : interpreter.threads().detached(() -> input.read(buffer, 0, size));
        long bytes = Raised.check(PyBytes.PyBytes_FromStringAndSize.call(0, Math.max(0, length)));
        if (length > 0) {
            Native.copy(buffer, 0, PyBytes.PyBytes_AsString.call(bytes), length);
        }
        return bytes;
    }
}
