package dev.pausa.cpython;

import dev.pausa.cpython.capi.Native;
import dev.pausa.cpython.capi.PyBytes;
import dev.pausa.cpython.capi.PyList;
import dev.pausa.cpython.capi.PyNumber;
import dev.pausa.cpython.capi.PyObjects;
import dev.pausa.wsgi.ApplicationError;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.EarlyHints;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Header;
import dev.pausa.wsgi.PauseOutput;
import dev.pausa.wsgi.Resume;
import dev.pausa.wsgi.Write;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What Python applications find in their environ, as built-in functions bound to the cell of a request. */
final class RequestFunctions {
    /** Cells that are kept for further requests, at most. */
    private static final int SPARE = 256;

    private final Interpreter interpreter;
    private final StartResponseFunction startResponse;
    private final long write;
    private final long pauseOutput;
    private final long closeReason;
    private final long earlyHints;
    private final CallbackFunctions callbacks;
    private final InputFunctions input;
    private final ArrayDeque<Cell> spare = new ArrayDeque<>();
    private final Map<CloseReason, Long> reasons = new EnumMap<>(CloseReason.class);
    private final long weakReferences;

    RequestFunctions(Interpreter interpreter) {
        this.interpreter = interpreter;
        Functions functions = interpreter.functions();
        startResponse = new StartResponseFunction(interpreter);
        write = functions.define("write", this::write);
        pauseOutput = functions.define("pause_output", this::pauseOutput);
        closeReason = functions.define("close_reason", this::closeReason);
        earlyHints = functions.define("early_hints", this::earlyHints);
        callbacks = new CallbackFunctions(interpreter);
        input = new InputFunctions(interpreter);
        for (CloseReason reason : CloseReason.values()) {
            reasons.put(reason, interpreter.values().string(reason.text()));
        }
        weakReferences = weakReferences();
    }

    /** Where a function has its list of weak references. */
    private long weakReferences() {
        Values values = interpreter.values();
        long function = Functions.bind(write, 0);
        long offset = values.attribute(values.type(function), "__weakrefoffset__");
        long bytes = PyNumber.PyLong_AsLongLong.call(offset);
        PyObjects.Py_DecRef.call(offset);
        PyObjects.Py_DecRef.call(function);
        return bytes;
    }

    /** The functions that {@code pausa._bridge} asks for by name. */
    Map<String, Long> forModule() {
        Functions functions = interpreter.functions();
        return Map.of(
                "resume", Functions.bind(functions.define("resume", this::resume), 0),
                "pending", Functions.bind(functions.define("pending", this::pending), 0),
                "dropped", Functions.bind(functions.define("dropped", this::dropped), 0),
                "read", Functions.bind(input.read(), 0),
                "read_nowait", Functions.bind(input.readNowait(), 0),
                "sever", Functions.bind(functions.sever(), 0));
    }

    /** For a new request; runs attached. */
    Cell cell() {
        Cell last = spare.pollLast();
        if (last != null) {
            return last;
        }
        long list = Raised.check(PyList.PyList_New.call(1));
        return new Cell(
                list,
                Functions.bind(startResponse.method(), list),
                Functions.bind(write, list),
                Functions.bind(pauseOutput, list),
                Functions.bind(callbacks.callLater(), list),
                Functions.bind(closeReason, list),
                Functions.bind(callbacks.inputHandler(), list),
                Functions.bind(earlyHints, list));
    }

    /** Its request is over; runs attached. */
    void over(Cell cell, CloseReason reason) {
        cell.leave(Values.newReference(Objects.requireNonNull(reasons.get(reason))));
        if (spare.size() < SPARE && cell.unshared(weakReferences)) {
            spare.addLast(cell);
        } else {
            cell.release();
        }
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

    private long earlyHints(long self, long arguments, long count, long names) {
        interpreter.functions().expect("early_hints", count, names, 1, 1);
        long list = Raised.check(PyList.PySequence_List.call(Functions.argument(arguments, 0)));
        try {
            List<Header> headers = startResponse.headers(list);
            PythonRequest request = PythonRequest.of(interpreter, self);
            EarlyHints hints = request == null ? null : request.environ().get(Environ.EARLY_HINTS);
            if (hints != null) {
                hints.send(headers);
            }
            return Values.none();
        } finally {
            PyObjects.Py_DecRef.call(list);
        }
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
}
