package dev.pausa.server.netty;

import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor that is kept open to be given up when there are no others: the JVM needs one to report that, because the
 * first line of a log loads the time zones, and a class that once failed to initialise stays broken. Used by one thread.
 */
final class SpareDescriptor {
    private static final Path NULL = Path.of("/dev/null");

    private @Nullable Channel spare = open();

    /** Runs {@code action} while one more descriptor is free. */
    void lend(Runnable action) {
        close(spare);
        spare = null;
        try {
            action.run();
        } finally {
            spare = open();
        }
    }

    void close() {
        close(spare);
        spare = null;
    }

    private static void close(@Nullable Channel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new IllegalStateException("closing " + NULL + " failed", e);
            }
        }
    }

    private static @Nullable Channel open() {
        try {
            return FileChannel.open(NULL);
        } catch (IOException none) {
            return null; // The next time goes without.
        }
    }
}
