package dev.pausa.cpython;

import java.io.PrintStream;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** A Python exception that came out of Python code, as text: it holds no reference to Python objects. */
public final class PythonException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String type;
    private final String traceback;

    /** {@code cause}: what of Java's it stands for, {@code null} for nothing. */
    PythonException(String type, String message, String traceback, @Nullable Throwable cause) {
        super(message.isEmpty() ? type : type + ": " + message, cause, false, false);
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

    /** Prints {@link #traceback()}: Java's stack says nothing of it. */
    @Override
    public void printStackTrace(PrintStream out) {
        out.print(traceback);
    }

    /** As the other. */
    @Override
    public void printStackTrace(PrintWriter out) {
        out.print(traceback);
        out.flush();
    }

    /** The type and the message, as the last line of a traceback. */
    @Override
    @SuppressWarnings("OverrideThrowableToString") // the message has the class, the one in Python
    public String toString() {
        return String.valueOf(getMessage());
    }
}
