package dev.pausa.server;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.wsgi.Body;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** How much of an endless response leaves the application for a client that does not take it. */
@EnabledOnOs(OS.LINUX)
class SlowReaderTest {
    private static final int KIB = 1024;

    /** Bytes of the response so far. */
    private final AtomicLong produced = new AtomicLong();

    @Test
    void theKernelTakesLittleAheadOfAReader_andMoreOnceItWasFast() throws Exception {
        try (Running running = Running.start((environ, start) -> {
                    start.start("200 OK", List.of());
                    return new Endless();
                });
                Client client = new Client(running.address(), 16 * KIB)) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            InputStream in = client.socket.getInputStream();
            long read = 0;
            for (int i = 0; i < 60; i++) {
                read += in.readNBytes(4 * KIB).length;
                Thread.sleep(20);
            }
            long slow = settled() - read;
            // Unsent in the kernel, waiting in the server, and on its way.
            assertTrue(slow < 3 * 128 * KIB, slow + " bytes ahead of a slow reader");
            read += in.readNBytes(4096 * KIB).length;
            long fast = settled() - read;
            assertTrue(fast > 1024 * KIB, fast + " bytes ahead of a reader that was fast");
        }
    }

    private long settled() throws InterruptedException {
        long before;
        do {
            before = produced.get();
            Thread.sleep(300);
        } while (before != produced.get());
        return before;
    }

    private final class Endless implements Body {
        @Override
        public @Nullable ByteBuffer next() {
            produced.addAndGet(64 * KIB);
            return ByteBuffer.allocate(64 * KIB);
        }
    }
}
