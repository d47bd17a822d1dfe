package dev.pausa.cpython;

/** A Python exception that came out of Python code, as text: it holds no reference to Python objects. */
public final class PythonException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String type;
    private final String traceback;

    PythonException(String type, String message, String traceback) {
        super(message.isEmpty() ? type : type + ": " + message, null, false, false);
        this.type = type;
        this.traceback = traceback;
    }

    /** The name of its type, with the module unless that is {@code builtins}. */
    public String type() {
        return type;
    }

    /** All of it as Python prints it, without the frames of the bridge, ending with a newline. */
    public String traceback() {
        return traceback;
    }
}
