package dev.pausa.cpython;

import dev.pausa.cpython.capi.PyNumber;
import dev.pausa.cpython.capi.PyTuple;
import dev.pausa.wsgi.FileRange;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** What is left of a regular file that Python has open. */
record PythonFile(long descriptor, long position, long count) implements FileRange {
    /** Of what {@code pausa._bridge.file_range} answered; runs attached. */
    static @Nullable PythonFile of(long range) {
        return range == Values.NONE ? null : new PythonFile(number(range, 0), number(range, 1), number(range, 2));
    }

    private static long number(long tuple, long index) {
        return PyNumber.PyLong_AsLongLong.call(PyTuple.PyTuple_GetItem.call(tuple, index));
    }

    /** Opens it a second time, by its descriptor: the application closes its own as it likes (P25), and a file without a name is found. */
    @Override
    public FileChannel open() throws IOException {
        return FileChannel.open(Path.of("/proc/self/fd/" + descriptor), StandardOpenOption.READ);
    }
}
