package dev.pausa.cpython;

import dev.pausa.cpython.capi.PyImport;
import dev.pausa.cpython.capi.PyNumber;
import dev.pausa.cpython.capi.PyObjects;
import dev.pausa.cpython.capi.PyTuple;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code pausa._bridge}, the bridge's part in Python, as Java sees it. The references live as long as the interpreter. */
final class BridgeModule {
    private final Interpreter interpreter;
    private final long parts;
    private final long close;
    private final long number;

    private BridgeModule(Interpreter interpreter, long parts) {
        this.interpreter = interpreter;
        this.parts = parts;
        close = interpreter.values().string("close");
        number = interpreter.values().string("_number");
    }

    /** Imports the module and hands it Java's functions. */
    static BridgeModule connect(Interpreter interpreter, Map<String, Long> functions) {
        Scratch scratch = interpreter.scratch();
        int mark = scratch.mark();
        try {
            Errors errors = interpreter.errors();
            Values values = interpreter.values();
            long module = errors.check(PyImport.PyImport_ImportModule.call(scratch.ascii("pausa._bridge")));
            long connect = values.attribute(module, "connect");
            long table = values.toPython(functions.entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, entry -> new PythonObject(interpreter, entry.getValue()))));
            return new BridgeModule(
                    interpreter,
                    errors.check(
                            values.call(connect, table, interpreter.functions().forkedFlag())));
        } finally {
            scratch.release(mark);
        }
    }

    private long part(int index) {
        return PyTuple.PyTuple_GetItem.call(parts, index);
    }

    /** The type of resumes. */
    long resume() {
        return part(0);
    }

    /** The type of {@code wsgi.input}. */
    long input() {
        return part(1);
    }

    /** {@code wsgi.file_wrapper}. */
    long fileWrapper() {
        return part(2);
    }

    long clientDisconnected() {
        return part(3);
    }

    long contractError() {
        return part(4);
    }

    /** A tuple of type, message, traceback and whether the client caused it, or 0 with an exception set. */
    long describe(long exception) {
        return interpreter.values().call(part(5), exception);
    }

    /** Ends a forked child that came back from the application; {@code error} is what it raised, or None. */
    void endChild(long error) {
        PyObjects.Py_DecRef.call(interpreter.values().call(part(6), error)); // only a rehearsal comes back: None
    }

    /** A tuple of descriptor, position and number of bytes, or None; or 0 with an exception set. */
    long fileRange(long fileWrapper) {
        return interpreter.values().call(part(7), fileWrapper);
    }

    /** {@code wsgi.errors}. */
    long errors() {
        return part(8);
    }

    /** The number that a resume was made with. */
    long number(long resume) {
        long found = Raised.check(interpreter.values().attribute(resume, number));
        long value = PyNumber.PyLong_AsLongLong.call(found);
        PyObjects.Py_DecRef.call(found);
        return value;
    }

    /** The name of the method that ends an iterable. */
    long close() {
        return close;
    }
}
