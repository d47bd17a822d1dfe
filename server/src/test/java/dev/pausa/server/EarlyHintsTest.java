package dev.pausa.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.wsgi.EarlyHints;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Header;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** {@code wsgi.early_hints} for a client that does not read; the rest is in {@code conformance/test_early_hints.py}. */
class EarlyHintsTest {
    private static final int CALLS = 2000;

    @Test
    void hintsForASlowReaderDoNotPileUp() throws Exception {
        List<Header> large = List.of(new Header("Link", "x".repeat(8000)));
        var hinted = new CountDownLatch(1);
        try (Running running = Running.start((environ, start) -> {
                    EarlyHints hints = Objects.requireNonNull(environ.get(Environ.EARLY_HINTS));
                    for (int i = 0; i < CALLS; i++) {
                        hints.send(large);
                    }
                    hinted.countDown();
                    start.start("200 OK", List.of());
                    return Running.text("x");
                });
                Client client = new Client(running.address(), 10_000)) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            hinted.await();
            int received = 0;
            Client.Response response = client.response(false);
            for (; response.code() == 103; response = client.response(false)) {
                received++;
            }
            assertEquals(200, response.code());
            assertTrue(received > 0 && received < CALLS, received + " hints");
        }
    }
}
