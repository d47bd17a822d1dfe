package dev.pausa.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.http1.HeadLimits;
import dev.pausa.server.Client.Response;
import dev.pausa.server.Running.Settings;
import dev.pausa.wsgi.Application;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** More requests than threads: who begins, who waits, who is sent away. */
class OverloadTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String HEAD = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n";

    private final AtomicInteger calls = new AtomicInteger();
    private final CountDownLatch open = new CountDownLatch(1);

    /** Waits in its call until the latch opens. */
    private final Application holding = (environ, start) -> {
        calls.incrementAndGet();
        open.await();
        start.start("200 OK", List.of());
        return Running.text("held");
    };

    /** Answers with how many bytes it read, and without reading for a GET. */
    private final Application reading = (environ, start) -> {
        calls.incrementAndGet();
        boolean reads = "POST".equals(environ.get("REQUEST_METHOD"));
        int size = reads ? Running.input(environ).readAllBytes().length : 0;
        start.start("200 OK", List.of());
        return Running.text("read " + size);
    };

    private static Limits limits(int bodyBuffer, int uploads, int waiting) {
        return new Limits(HeadLimits.DEFAULT, bodyBuffer, Long.MAX_VALUE, 0, uploads, 100, 100, waiting, 100);
    }

    private static Settings settings(int threads, Limits limits, Duration body, Duration queue) {
        return Settings.DEFAULT
                .threads(threads)
                .limits(limits)
                .timeouts(new Timeouts(LONG, LONG, LONG, body, LONG, queue, LONG, LONG));
    }

    @Test
    void requestsAboveTheQueueAreRefusedAtOnce() throws Exception {
        try (Running running = Running.start(holding, settings(1, limits(1000, 1, 2), LONG, LONG));
                Client first = running.connect();
                Client second = running.connect();
                Client third = running.connect();
                Client fourth = running.connect()) {
            first.send(GET);
            Running.await(() -> calls.get() == 1);
            second.send(GET);
            third.send(GET);
            Running.await(() -> running.server.active() == 3);
            Response refused = fourth.get("/");
            assertEquals(503, refused.code());
            assertEquals("1", refused.field("Retry-After"));
            assertEquals("close", refused.field("Connection"));
            open.countDown();
            for (Client served : List.of(first, second, third)) {
                assertEquals("held", served.response().text());
            }
            assertEquals("held", third.get("/").text());
            assertEquals(4, calls.get());
        }
    }

    @Test
    void noRequestWaitsLongerThanItMay() throws Exception {
        try (Running running = Running.start(holding, settings(1, limits(1000, 1, 10), LONG, Duration.ofMillis(300)));
                Client first = running.connect();
                Client second = running.connect()) {
            first.send(GET);
            Running.await(() -> calls.get() == 1);
            Response refused = second.get("/");
            assertEquals(503, refused.code());
            assertEquals("1", refused.field("Retry-After"));
            open.countDown();
            assertEquals("held", first.response().text()); // it runs, for however long
            Running.await(() -> running.server.active() == 0);
            assertEquals(1, calls.get());
            assertEquals("held", second.get("/").text());
        }
    }

    @Test
    void thoseThatLeftDoNotWaitAnyMore() throws Exception {
        try (Running running = Running.start(holding, settings(1, limits(1000, 1, 3), LONG, LONG));
                Client first = running.connect()) {
            first.send(GET);
            Running.await(() -> calls.get() == 1);
            for (int i = 0; i < 2; i++) {
                Client left = running.connect();
                left.send(GET);
                Running.await(() -> running.server.active() >= 2);
                left.reset();
            }
            open.countDown();
            assertEquals("held", first.response().text());
            Running.await(() -> running.server.active() == 0);
            for (int i = 0; i < 10; i++) { // the count is right again
                assertEquals("held", first.get("/").text());
            }
        }
    }

    @Test
    void uploadsLeaveThreadsToOthers() throws Exception {
        List<Client> slow = new ArrayList<>();
        try (Running running = Running.start(reading, settings(2, limits(1000, 1, 1000), LONG, LONG));
                Client normal = running.connect()) {
            for (int i = 0; i < 20; i++) {
                slow.add(running.connect().send(HEAD.formatted(3) + "x"));
            }
            Running.await(() -> running.server.active() == 20);
            Running.await(() -> calls.get() == 1); // its body was waited for
            for (int i = 0; i < 20; i++) {
                assertEquals("read 0", normal.get("/").text());
            }
            assertEquals(21, calls.get());
            slow.get(19).send("xx");
            assertEquals("read 3", slow.get(19).response().text()); // complete: it needs no place
            slow.get(5).reset();
            Running.await(() -> running.server.active() == 18);
            slow.getFirst().send("xx");
            assertEquals("read 3", slow.getFirst().response().text());
            Running.await(() -> calls.get() == 23); // the next one has the place
            for (int i : new int[] {1, 2, 3, 4, 6, 7, 18}) {
                slow.get(i).send("xx");
                assertEquals("read 3", slow.get(i).response().text());
            }
        } finally {
            for (Client client : slow) {
                client.close();
            }
        }
    }

    @Test
    void aFullBufferWaitsForAPlaceAndIsServed() throws Exception {
        try (Running running = Running.start(reading, settings(2, limits(1000, 1, 1000), LONG, LONG));
                Client first = running.connect();
                Client large = running.connect();
                Client exact = running.connect()) {
            first.send(HEAD.formatted(2) + "x");
            Running.await(() -> calls.get() == 1);
            large.send(HEAD.formatted(50_000) + "x".repeat(50_000));
            exact.send(HEAD.formatted(1000) + "x".repeat(1000));
            assertEquals("read 1000", exact.response().text()); // the buffer is full, and that is all of it
            assertEquals(2, calls.get());
            first.send("x");
            assertEquals("read 2", first.response().text());
            assertEquals("read 50000", large.response().text());
        }
    }

    @Test
    void anUploadThatHasNoPlaceIsAnsweredInTime() throws Exception {
        Duration brief = Duration.ofMillis(300);
        try (Running running = Running.start(reading, settings(2, limits(1000, 1, 1000), LONG, brief));
                Client first = running.connect();
                Client large = running.connect()) {
            first.send(HEAD.formatted(2) + "x");
            Running.await(() -> calls.get() == 1);
            large.send(HEAD.formatted(5000) + "x".repeat(1500));
            assertEquals(503, large.response().code());
            assertEquals("", large.rest());
            assertEquals(1, calls.get());
            first.send("x");
            assertEquals("read 2", first.response().text());
        }
    }

    @Test
    void anUploadThatWaitsForItsBodyGets408() throws Exception {
        Duration brief = Duration.ofMillis(300);
        try (Running running = Running.start(reading, settings(2, limits(1000, 1, 1000), brief, LONG));
                Client first = running.connect();
                Client second = running.connect()) {
            first.send(HEAD.formatted(20) + "x");
            Running.await(() -> calls.get() == 1);
            second.send(HEAD.formatted(20) + "x");
            for (int i = 0; i < 6; i++) { // only the gap counts, and the first one's
                Thread.sleep(100);
                first.send("x");
            }
            assertEquals(408, second.response().code());
            assertEquals(1, calls.get());
        }
    }

    @Test
    void continueIsNotSentBeforeThereIsAPlace() throws Exception {
        try (Running running = Running.start(reading, settings(2, limits(1000, 1, 1000), LONG, LONG));
                Client first = running.connect();
                Client second = running.connect()) {
            first.send(HEAD.formatted(2) + "x");
            Running.await(() -> calls.get() == 1);
            second.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
            Thread.sleep(200);
            assertEquals(1, calls.get());
            first.send("x");
            assertEquals("read 2", first.response().text());
            assertTrue(second.line().startsWith("HTTP/1.1 100 "));
            assertEquals("", second.line());
            second.send("xx");
            assertEquals("read 2", second.response().text());
        }
    }

    @Test
    void pausedUploadsGiveTheirPlaceBack() throws Exception {
        var pausing = new Pausing("");
        try (Running running = Running.start(pausing, settings(2, limits(1000, 1, 1000), LONG, LONG));
                Client first = running.connect();
                Client second = running.connect()) {
            first.send(HEAD.formatted(2) + "x");
            Running.await(() -> running.server.parked() == 1);
            second.send(HEAD.formatted(2) + "x");
            Running.await(() -> running.server.parked() == 2);
        }
    }
}
