package dev.pausa.cpython;

import dev.pausa.cpython.EnvironTemplates.Template;
import dev.pausa.cpython.capi.PyDict;
import dev.pausa.cpython.capi.PyNumber;
import dev.pausa.cpython.capi.PyObjects;
import dev.pausa.cpython.capi.PyTuple;
import dev.pausa.cpython.capi.PyUnicode;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Input;
import dev.pausa.wsgi.Name;
import dev.pausa.wsgi.Variables;
import java.nio.charset.StandardCharsets;
import java.util.List;
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

    /** Variables whose value hardly comes again, or should not be kept. */
    private static final Set<String> ONCE = Set.of(
            "CONTENT_LENGTH",
            "HTTP_AUTHORIZATION",
            "HTTP_COOKIE",
            "HTTP_X_CSRF_TOKEN",
            "HTTP_X_REQUEST_ID",
            "QUERY_STRING",
            "REMOTE_PORT");

    /** What is a function of Python's in the environ, and the input. */
    private static final List<Environ.Key<?>> FUNCTIONS = List.of(
            Environ.INPUT,
            Environ.PAUSE_OUTPUT,
            Environ.CALL_LATER,
            Environ.CLOSE_REASON,
            Environ.INPUT_HANDLER,
            Environ.EARLY_HINTS);

    private final Interpreter interpreter;
    private final EnvironTemplates templates = new EnvironTemplates();
    private final long[] functionNames;
    private final long prototype;
    private final long[] names;
    private final boolean[] once;
    private final long input;
    private final long pauseOutput;
    private final long callLater;
    private final long closeReason;
    private final long inputHandler;
    private final long earlyHints;
    private final long emptyInput;
    private final StringCache strings;

    /** Runs attached; {@code same} is what all requests have in common. */
    EnvironDict(Interpreter interpreter, Map<String, Object> same) {
        this.interpreter = interpreter;
        names = Name.shared().stream().mapToLong(this::intern).toArray();
        once = new boolean[names.length];
        for (int i = 0; i < names.length; i++) {
            once[i] = ONCE.contains(Name.shared().get(i));
        }
        input = intern("wsgi.input");
        pauseOutput = intern(PAUSE_OUTPUT);
        callLater = intern(CALL_LATER);
        closeReason = intern(CLOSE_REASON);
        inputHandler = intern(INPUT_HANDLER);
        earlyHints = intern(EARLY_HINTS);
        functionNames = FUNCTIONS.stream().mapToLong(key -> intern(key.name())).toArray();
        strings = new StringCache(interpreter);
        emptyInput = Raised.check(interpreter.values().call(interpreter.module().input(), Values.NONE));
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
        Environ environ = request.environ();
        Variables variables = environ.variables();
        boolean plain = environ.untouched();
        long named = plain ? EnvironTemplates.names(variables) : 0;
        int functions = functions(environ);
        Template template = plain ? templates.find(named, functions) : null;
        long dict = template == null ? Raised.check(PyDict.PyDict_Copy.call(prototype)) : template.copy();
        int mark = interpreter.scratch().mark();
        try {
            if (plain) {
                variables(dict, variables, template);
                if (template == null && templates.wanted(named, functions)) {
                    templates.keep(template(dict, variables, named, functions));
                }
            } else {
                map(dict, environ);
            }
            functions(dict, request);
            return dict;
        } catch (RuntimeException failed) {
            PyObjects.Py_DecRef.call(dict);
            throw failed;
        } finally {
            interpreter.scratch().release(mark);
        }
    }

    /** A bit for each of the functions, and for the input. */
    private static int functions(Environ environ) {
        int bits = 0;
        for (int i = 0; i < FUNCTIONS.size(); i++) {
            bits |= environ.get(FUNCTIONS.get(i)) == null ? 0 : 1 << i;
        }
        return bits;
    }

    /** What further requests like this one begin with. */
    private Template template(long like, Variables variables, long named, int functions) {
        long dict = Raised.check(PyDict.PyDict_Copy.call(prototype));
        long[] values = new long[names.length];
        for (int i = 0; i < variables.size(); i++) {
            int number = variables.name(i).number();
            if (EnvironTemplates.templated(number)) {
                values[number] = once[number] ? 0 : PyDict.PyDict_GetItemWithError.call(like, names[number]);
                set(dict, names[number], once[number] ? Values.NONE : values[number]);
            }
        }
        for (int i = 0; i < FUNCTIONS.size(); i++) {
            if ((functions >>> i & 1) != 0) {
                set(dict, functionNames[i], Values.NONE);
            }
        }
        return new Template(named, functions, dict, values);
    }

    private void functions(long dict, PythonRequest request) {
        Environ environ = request.environ();
        Cell cell = request.cell();
        Input body = environ.get(Environ.INPUT);
        if (Input.EMPTY.equals(body)) {
            request.input(emptyInput);
            set(dict, input, emptyInput);
        } else if (body != null) {
            long made =
                    Raised.check(interpreter.values().call(interpreter.module().input(), cell.list()));
            request.input(made);
            put(dict, input, made);
        }
        if (environ.get(Environ.PAUSE_OUTPUT) != null) {
            set(dict, pauseOutput, cell.pauseOutput());
        }
        if (environ.get(Environ.CALL_LATER) != null) {
            set(dict, callLater, cell.callLater());
        }
        if (environ.get(Environ.CLOSE_REASON) != null) {
            set(dict, closeReason, cell.closeReason());
        }
        if (environ.get(Environ.INPUT_HANDLER) != null) {
            set(dict, inputHandler, cell.inputHandler());
        }
        if (environ.get(Environ.EARLY_HINTS) != null) {
            set(dict, earlyHints, cell.earlyHints());
        }
    }

    /** Sets an item under a key of ours, which is missing or has a value of the prototype. */
    private static void set(long dict, long key, long value) {
        Raised.checkStatus(PyDict.PyDict_SetItem_Simple.call(dict, key, value));
    }

    /** As {@link #set}, and gives the caller's reference to the value away. */
    private static void put(long dict, long key, long value) {
        long status = PyDict.PyDict_SetItem_Simple.call(dict, key, value);
        PyObjects.Py_DecRef_Simple.call(value);
        Raised.checkStatus(status);
    }

    private void variables(long dict, Variables variables, @Nullable Template template) {
        for (int i = 0; i < variables.size(); i++) {
            int number = variables.name(i).number();
            byte[] source = variables.source(i);
            int offset = variables.offset(i);
            int length = variables.length(i);
            if (number < 0) {
                byte[] text = variables.name(i).text().getBytes(StandardCharsets.ISO_8859_1);
                long key = strings.again(text, 0, text.length);
                put(dict, key, strings.once(source, offset, length));
                PyObjects.Py_DecRef_Simple.call(key);
            } else if (once[number]) {
                put(dict, names[number], strings.once(source, offset, length));
            } else {
                long kept = strings.kept(source, offset, length);
                if (kept != 0) {
                    if (template == null || !template.has(number, kept)) {
                        set(dict, names[number], kept);
                    }
                } else {
                    put(dict, names[number], strings.again(source, offset, length));
                }
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
