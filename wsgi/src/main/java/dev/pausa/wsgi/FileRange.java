package dev.pausa.wsgi;

import java.io.IOException;
import java.nio.channels.FileChannel;

/** Bytes of a file of the operating system, from a position to the file's end. Used inside the step that got it. */
public interface FileRange {
    /** Where in the file the bytes begin, at least 0. */
    long position();

    /** How many there are now, possibly less than 1. */
    long count();

    /**
     * The file, open for reading. It is the caller's from now on, to be closed by it: {@link Body#close()} leaves it alone.
     * Its own position means nothing.
     */
    FileChannel open() throws IOException;
}
