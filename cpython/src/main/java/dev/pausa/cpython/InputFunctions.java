package dev.pausa.cpython;

import dev.pausa.cpython.capi.Native;
import dev.pausa.cpython.capi.PyBytes;
import dev.pausa.cpython.capi.PyNumber;
import dev.pausa.cpython.capi.PyObjects;
import dev.pausa.wsgi.ClientDisconnected;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Input;
import java.nio.ByteBuffer;

/** How {@code pausa._bridge.Input} reads the request body. */
final class InputFunctions {
    private static final int READ_SIZE = 65536;
    private static final byte[] NOTHING = {};

    private final Interpreter interpreter;
    private final long read;
    private final long readNowait;
    private final ThreadLocal<byte[]> buffers = ThreadLocal.withInitial(() -> new byte[READ_SIZE]);

    InputFunctions(Interpreter interpreter) {
        this.interpreter = interpreter;
        read = interpreter.functions().define("read", this::read);
        readNowait = interpreter.functions().define("read_nowait", this::readNowait);
    }

    long read() {
        return read;
    }

    long readNowait() {
        return readNowait;
    }

    /** {@code read(cell, size)}: at least one byte unless at the end, at most {@code size} and {@value #READ_SIZE}. */
    private long read(long self, long arguments, long count, long names) throws Exception {
        Input input = input("read", arguments, count, names);
        int size = size(arguments);
        if (size <= 0) {
            return bytes(NOTHING, 0);
        }
        int most = input.ready() ? input.await(size) : interpreter.threads().detached(() -> input.await(size));
        return most == 0 ? bytes(NOTHING, 0) : read(input, most);
    }

    /** Straight into the memory of a new {@code bytes}, which nobody else knows yet. */
    private long read(Input input, int most) throws Exception {
        long bytes = Raised.check(PyBytes.PyBytes_FromStringAndSize.call(0, most));
        long memory = PyBytes.PyBytes_AsString.call(bytes);
        int count = -1;
        try {
            ByteBuffer into = Native.buffer(memory, most);
            // Not ready: an input that waits in read() only.
            count = input.ready() ? input.read(into) : interpreter.threads().detached(() -> input.read(into));
            return count == most
                    ? bytes
                    : Raised.check(PyBytes.PyBytes_FromStringAndSize.call(memory, Math.max(0, count)));
        } finally {
            if (count != most) {
                PyObjects.Py_DecRef.call(bytes);
            }
        }
    }

    /** {@code read_nowait(cell, size)}: as {@code read}, but {@code None} where that would wait (P56). */
    private long readNowait(long self, long arguments, long count, long names) throws Exception {
        Input input = input("read_nowait", arguments, count, names);
        byte[] buffer = buffers.get();
        int length = input.readNowait(buffer, 0, size(arguments));
        return length == 0 ? Values.none() : bytes(buffer, Math.max(0, length));
    }

    private Input input(String function, long arguments, long count, long names) throws ClientDisconnected {
        interpreter.functions().expect(function, count, names, 2, 2);
        long list = Functions.argument(arguments, 0);
        if (list == Values.NONE) {
            return Input.EMPTY;
        }
        PythonRequest request = PythonRequest.of(interpreter, list);
        Input input = request == null ? null : request.environ().get(Environ.INPUT);
        if (input == null) {
            throw new ClientDisconnected("wsgi.input was read after the request was over");
        }
        return input;
    }

    private static int size(long arguments) {
        return (int) Math.min(READ_SIZE, PyNumber.PyLong_AsLongLong.call(Functions.argument(arguments, 1)));
    }

    private static long bytes(byte[] source, int length) {
        long bytes = Raised.check(PyBytes.PyBytes_FromStringAndSize.call(0, length));
        if (length > 0) {
            Native.copy(source, 0, PyBytes.PyBytes_AsString.call(bytes), length);
        }
        return bytes;
    }
}
