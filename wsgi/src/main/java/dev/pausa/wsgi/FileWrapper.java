package dev.pausa.wsgi;

import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** {@code environ["wsgi.file_wrapper"]}: a stream as a body, one block a step (PEP 3333, "Optional Platform-Specific File Handling"). */
public final class FileWrapper implements Body {
    private final InputStream source;
    private final byte[] block;

    /**
     * Wraps {@code source}, which is read from where it stands and closed with the body.
     *
     * @param blockSize bytes a step, at least 1
     */
    public FileWrapper(InputStream source, int blockSize) {
        this.source = source;
        this.block = new byte[blockSize];
    }

    @Override
    public @Nullable ByteBuffer next() throws Exception {
        int count = source.read(block);
        return count < 0 ? null : ByteBuffer.wrap(block, 0, count);
    }

    @Override
    public void close() throws Exception {
        source.close();
    }
}
