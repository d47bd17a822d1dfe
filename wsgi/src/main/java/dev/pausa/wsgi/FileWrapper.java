package dev.pausa.wsgi;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * {@code environ["wsgi.file_wrapper"]}: a stream as a body, one block a step; or a file, which the server sends without
 * reading it if it can (PEP 3333, "Optional Platform-Specific File Handling").
 */
public final class FileWrapper implements Body {
    private final InputStream source;
    private final @Nullable FileChannel file;
    private final int blockSize;
    private byte @Nullable [] block;
    private boolean givenAway;

    /**
     * Wraps {@code source}, which is read from where it stands and closed with the body. A {@link FileInputStream} counts
     * as a file.
     *
     * @param blockSize bytes a step, at least 1
     */
    public FileWrapper(InputStream source, int blockSize) {
        // The class itself: a subclass may read something else than the file.
        this(
                source,
                source.getClass() == FileInputStream.class ? ((FileInputStream) source).getChannel() : null,
                blockSize);
    }

    /**
     * Wraps {@code file}, which is sent from its position on and closed with the body, or when its last byte is sent.
     *
     * @param blockSize bytes a step where the server has to read it, at least 1
     */
    public FileWrapper(FileChannel file, int blockSize) {
        this(Channels.newInputStream(file), file, blockSize);
    }

    private FileWrapper(InputStream source, @Nullable FileChannel file, int blockSize) {
        if (blockSize < 1) {
            throw new IllegalArgumentException("a block of " + blockSize + " bytes");
        }
        this.source = source;
        this.file = file != null && ofTheSystem(file) ? file : null;
        this.blockSize = blockSize;
    }

    /** Other file systems than the operating system's, such as that of zip files, have channels of their own. */
    private static boolean ofTheSystem(FileChannel channel) {
        return channel.getClass().getModule() == FileChannel.class.getModule();
    }

    @Override
    public @Nullable FileRange file() {
        FileChannel whole = file;
        if (whole == null) {
            return null;
        }
        try {
            long position = whole.position();
            return new Range(position, whole.size() - position);
        } catch (IOException noPosition) {
            return null; // A pipe; or closed, which next() will tell.
        }
    }

    @Override
    public @Nullable ByteBuffer next() throws Exception {
        byte[] room = block;
        if (room == null) {
            room = new byte[blockSize];
            block = room;
        }
        int count = source.read(room);
        return count < 0 ? null : ByteBuffer.wrap(room, 0, count);
    }

    @Override
    public void close() throws Exception {
        if (!givenAway) {
            source.close();
        }
    }

    private final class Range implements FileRange {
        private final long position;
        private final long count;

        Range(long position, long count) {
            this.position = position;
            this.count = count;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public long count() {
            return count;
        }

        @Override
        public FileChannel open() throws IOException {
            FileChannel whole = file;
            if (whole == null || givenAway) {
                throw new IOException("the file was given away");
            }
            givenAway = true;
            return whole;
        }
    }
}
