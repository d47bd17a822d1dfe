package dev.pausa.cpython;

import dev.pausa.cpython.capi.PyDict;
import dev.pausa.cpython.capi.PyNumber;
import dev.pausa.cpython.capi.PyObjects;
import dev.pausa.cpython.capi.PyTuple;
import dev.pausa.cpython.capi.PyUnicode;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Name;
import dev.pausa.wsgi.Variables;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds the {@code dict} of a request (D12): a copy of a prototype with what is the same for all, then the variables,
 * straight from the bytes of the request, under interned keys.
 */
final class EnvironDict {
    private static final String PAUSE_OUTPUT = Environ.PAUSE_OUTPUT.name();
    private static final String CALL_LATER = Environ.CALL_LATER.name();
    private static final String CLOSE_REASON = Environ.CLOSE_REASON.name();
    private static final String INPUT_HANDLER = Environ.INPUT_HANDLER.name();
    private static final String EARLY_HINTS = Environ.EARLY_HINTS.name();

    /** Keys whose values are Python's own, whatever Java has under them. */
    private static final Set<String> OWN = Set.of(
            "wsgi.version",
            "wsgi.errors",
            "wsgi.file_wrapper",
            PAUSE_OUTPUT,
            CALL_LATER,
            CLOSE_REASON,
            INPUT_HANDLER,
            EARLY_HINTS,
            "wsgi.input");

    private final Interpreter interpreter;
    private final long prototype;
    private final long[] names;
    private final long input;
    private final long pauseOutput;
    private final long callLater;
    private final long closeReason;
    private final long inputHandler;
    private final long earlyHints;

    /** Runs attached; {@code same} is what all requests have in common. */
    EnvironDict(Interpreter interpreter, Map<String, Object> same) {
        this.interpreter = interpreter;
        names = Name.shared().stream().mapToLong(this::intern).toArray();
        input = intern("wsgi.input");
        pauseOutput = intern(PAUSE_OUTPUT);
        callLater = intern(CALL_LATER);
        closeReason = intern(CLOSE_REASON);
        inputHandler = intern(INPUT_HANDLER);
        earlyHints = intern(EARLY_HINTS);
        prototype = Raised.check(PyDict.PyDict_New.call());
        same.forEach(
                (key, value) -> put(prototype, intern(key), interpreter.values().toPython(value)));
        put(
                prototype,
                intern("wsgi.file_wrapper"),
                Values.newReference(interpreter.module().fileWrapper()));
    }

    private long intern(String name) {
        int mark = interpreter.scratch().mark();
        long key = Raised.check(
                PyUnicode.PyUnicode_InternFromString.call(interpreter.scratch().ascii(name)));
        interpreter.scratch().release(mark);
        return key;
    }

    /** A new dict; runs attached. */
    long build(PythonRequest request) {
        long dict = Raised.check(PyDict.PyDict_Copy.call(prototype));
        int mark = interpreter.scratch().mark();
        try {
            fill(dict, request);
            return dict;
        } catch (RuntimeException failed) {
            PyObjects.Py_DecRef.call(dict);
            throw failed;
        } finally {
            interpreter.scratch().release(mark);
        }
    }

    private void fill(long dict, PythonRequest request) {
        Environ environ = request.environ();
        if (environ.untouched()) {
            variables(dict, environ.variables());
        } else {
            map(dict, environ);
        }
        if (environ.get(Environ.INPUT) != null) {
            long made =
                    Raised.check(interpreter.values().call(interpreter.module().input(), request.cell()));
            request.input(made);
            put(dict, input, made);
        }
        RequestFunctions functions = interpreter.requestFunctions();
        if (environ.get(Environ.PAUSE_OUTPUT) != null) {
            put(dict, pauseOutput, functions.pauseOutput(request.cell()));
        }
        if (environ.get(Environ.CALL_LATER) != null) {
            put(dict, callLater, functions.callLater(request.cell()));
        }
        if (environ.get(Environ.CLOSE_REASON) != null) {
            put(dict, closeReason, functions.closeReason(request.cell()));
        }
        if (environ.get(Environ.INPUT_HANDLER) != null) {
            put(dict, inputHandler, functions.inputHandler(request.cell()));
        }
        if (environ.get(Environ.EARLY_HINTS) != null) {
            put(dict, earlyHints, functions.earlyHints(request.cell()));
        }
    }

    /** Sets an item and gives the caller's reference to the value away. */
    private static void put(long dict, long key, long value) {
        long status = PyDict.PyDict_SetItem.call(dict, key, value);
        PyObjects.Py_DecRef.call(value);
        Raised.checkStatus(status);
    }

    @SuppressWarnings("ReferenceEquality") // neighbours share their source, the array itself
    private void variables(long dict, Variables variables) {
        Scratch scratch = interpreter.scratch();
        byte @Nullable [] copied = null;
        long copy = 0;
        for (int i = 0; i < variables.size(); i++) {
            byte[] source = variables.source(i);
            if (source != copied) {
                copy = scratch.copy(source, 0, source.length);
                copied = source;
            }
            long value = Raised.check(
                    PyUnicode.PyUnicode_DecodeLatin1.call(copy + variables.offset(i), variables.length(i), 0));
            Name name = variables.name(i);
            if (name.number() >= 0) {
                put(dict, names[name.number()], value);
            } else {
                byte[] text = name.text().getBytes(StandardCharsets.ISO_8859_1);
                long key = Raised.check(
                        PyUnicode.PyUnicode_DecodeLatin1.call(scratch.copy(text, 0, text.length), text.length, 0));
                put(dict, key, value);
                PyObjects.Py_DecRef.call(key);
            }
        }
    }

    /** What middleware in Java made of the environ. Values that Python has no like for are left out. */
    private void map(long dict, Environ environ) {
        environ.forEach((name, value) -> {
            if (Values.hasLike(value) && !OWN.contains(name)) {
                long key = interpreter.values().string(name);
                put(dict, key, interpreter.values().toPython(value));
                PyObjects.Py_DecRef.call(key);
            }
        });
    }

    /** {@code (1, 0)}, the version of WSGI. */
    static long version() {
        long version = Raised.check(PyTuple.PyTuple_New.call(2));
        PyTuple.PyTuple_SetItem.call(version, 0, PyNumber.PyLong_FromLongLong.call(1));
        PyTuple.PyTuple_SetItem.call(version, 1, PyNumber.PyLong_FromLongLong.call(0));
        return version;
    }
}
