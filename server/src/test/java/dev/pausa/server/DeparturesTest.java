package dev.pausa.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.server.Running.Settings;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Responses that may wait for others do not wait for long. */
class DeparturesTest {
    private static final int ROUNDS = 200;
    private static final String GET = "GET %s HTTP/1.1\r\nHost: a\r\n\r\n";

    @Test
    void aResponseDoesNotWaitForARequestThatHoldsTheOnlyThread() throws Exception {
        var open = new Semaphore(0);
        var nanos = new long[ROUNDS];
        try (Running running = Running.start(
                        (environ, start) -> {
                            // In time, for it may have overtaken those that the test waits for.
                            boolean held = "/held".equals(environ.get("PATH_INFO"))
                                    && open.tryAcquire(300, TimeUnit.MILLISECONDS);
                            return Running.hello(held ? "held" : "x").call(environ, start);
                        },
                        Settings.DEFAULT.threads(1));
                Client first = running.connect();
                Client second = running.connect();
                Client held = running.connect()) {
            for (int round = 0; round < ROUNDS; round++) {
                long began = System.nanoTime();
                first.send(GET.formatted("/"));
                second.send(GET.formatted("/"));
                held.send(GET.formatted("/held"));
                assertEquals("x", first.response().text());
                assertEquals("x", second.response().text());
                nanos[round] = System.nanoTime() - began;
                open.release();
                held.response();
                open.drainPermits();
            }
        }
        Arrays.sort(nanos);
        Duration median = Duration.ofNanos(nanos[ROUNDS / 2]);
        // Without the timer it would be the next tick of the connections, within 100 ms.
        assertTrue(median.compareTo(Duration.ofMillis(20)) < 0, median.toString());
    }
}
