package dev.pausa.cpython;

/** An owned reference to a Python object, given back by {@link #close()} from any thread. */
public final class PythonObject implements AutoCloseable {
    private final Interpreter interpreter;
    private long address;

    PythonObject(Interpreter interpreter, long owned) {
        this.interpreter = interpreter;
        this.address = owned;
    }

    /** The borrowed pointer. */
    long address() {
        return address;
    }

    /** Queues the reference to be dropped by the next thread that is attached (rule 8); a second call does nothing. */
    @Override
    public void close() {
        if (address != 0) {
            interpreter.dropLater(address);
            address = 0;
        }
    }
}
