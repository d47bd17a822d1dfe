package dev.pausa.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.server.Client.Response;
import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.ClientDisconnected;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Header;
import dev.pausa.wsgi.Input;
import dev.pausa.wsgi.Resume;
import dev.pausa.wsgi.StartResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Request bodies: framing, back-pressure, 100 (Continue), and what happens to a body that nobody reads. */
class RequestBodyTest {
    private static final Application ECHO = (environ, start) -> {
        byte[] body = Running.input(environ).readAllBytes();
        start.start("200 OK", List.of(new Header("X-Length", (String) environ.getOrDefault("CONTENT_LENGTH", "-"))));
        return Body.of(body);
    };

    @Test
    void aBodyOfKnownLength() throws Exception {
        try (Running running = Running.start(ECHO);
                Client client = running.connect()) {
            for (int i = 0; i < 3; i++) {
                Response response = client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel")
                        .send("lo")
                        .response();
                assertEquals("hello", response.text());
                assertEquals("5", response.field("X-Length"));
            }
        }
    }

    /** Large pieces lie in the transport's memory until they are read. */
    @Test
    void largeBodiesComeAsTheyWereSent() throws Exception {
        var bytes = new byte[200_000];
        try (Running running = Running.start(ECHO);
                Client client = running.connect()) {
            for (int seed = 0; seed < 20; seed++) {
                new Random(seed).nextBytes(bytes);
                String body = new String(bytes, StandardCharsets.ISO_8859_1);
                String head = "POST / HTTP/1.1\r\nHost: a\r\n";
                client.send(head + "Content-Length: 200000\r\n\r\n" + body);
                assertTrue(body.equals(client.response().text()), "known length, seed " + seed);
                client.send(head + "Transfer-Encoding: chunked\r\n\r\n30d40\r\n" + body + "\r\n0\r\n\r\n");
                assertTrue(body.equals(client.response().text()), "chunked, seed " + seed);
            }
        }
    }

    @Test
    void aSmallBodyIsWaitedForALittle() throws Exception {
        Application ready = (environ, start) -> {
            Input input = Objects.requireNonNull(environ.get(Environ.INPUT));
            var at = new byte[10];
            int count = input.readNowait(at, 0, 10);
            return Running.hello(count + " " + Running.input(environ).readAllBytes().length)
                    .call(environ, start);
        };
        try (Running running = Running.start(ready);
                Client client = running.connect()) {
            String post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";
            int whole = 0;
            for (int i = 0; i < 20; i++) {
                client.send(post + "hel");
                Running.await(() -> running.server.active() == 1);
                whole += client.send("lo").response().text().equals("5 0") ? 1 : 0;
            }
            assertTrue(whole > 10, whole + " of 20"); // the others came between two ticks of the connections
            client.send(post + "hel");
            TimeUnit.MILLISECONDS.sleep(300);
            assertEquals("3 2", client.send("lo").response().text());
        }
    }

    @Test
    void aChunkedBodyHasNoContentLength_P60() throws Exception {
        try (Running running = Running.start(ECHO);
                Client client = running.connect()) {
            for (int i = 0; i < 2; i++) {
                Response response = client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                        .send("3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n")
                        .response();
                assertEquals("hello", response.text());
                assertEquals("-", response.field("X-Length"));
            }
        }
    }

    @Test
    void aLargeBodyPassesThroughASmallBuffer_P59() throws Exception {
        int size = 10_000_000;
        try (Running running = Running.start(ECHO);
                Client client = running.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
            client.send("y".repeat(size));
            Response response = client.response();
            assertEquals(size, response.body().length);
            assertEquals("y".repeat(size), response.text());
        }
    }

    @Test
    void aBodyWhoseLastPieceFillsTheBufferEnds_P59() throws Exception {
        int capacity = Limits.DEFAULT.bodyBuffer();
        try (Running running = Running.start(ECHO);
                Client client = running.connect()) {
            for (int size : new int[] {capacity, capacity + 1000}) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
                client.send("x".repeat(capacity / 2)).send("x".repeat(size - capacity / 2));
                assertEquals(size, client.response().text().length());
            }
        }
    }

    @Test
    void anUnreadBodyWhoseLastPieceFillsTheBufferLeavesTheConnectionOpen() throws Exception {
        var go = new CountDownLatch(1);
        Application late = (environ, start) -> {
            go.await();
            return Running.hello("x").call(environ, start);
        };
        int capacity = Limits.DEFAULT.bodyBuffer();
        try (Running running = Running.start(late);
                Client client = running.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + capacity + "\r\n\r\n");
            client.send("x".repeat(capacity));
            Thread.sleep(100);
            go.countDown();
            assertEquals("x", client.response().text());
            Thread.sleep(1500);
            assertEquals("x", client.get("/").text());
        }
    }

    @Test
    void aBodyThatIsNotReadStopsTheSocket_P59() throws Exception {
        var go = new CountDownLatch(1);
        Application late = (environ, start) -> {
            go.await();
            return ECHO.call(environ, start);
        };
        int size = 50_000_000;
        try (Running running = Running.start(late);
                Client client = running.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    client.send("z".repeat(size));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertTrue(!sender.join(Duration.ofMillis(300)), "the kernel's buffers are smaller than that");
            go.countDown();
            assertEquals(size, client.response().body().length);
        }
    }

    @Test
    void continueIsSentWhenTheApplicationReads_P57() throws Exception {
        try (Running running = Running.start(ECHO);
                Client client = running.connect()) {
            for (int i = 0; i < 2; i++) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
                assertEquals("HTTP/1.1 100 Continue", client.line());
                assertEquals("", client.line());
                assertEquals("hi", client.send("hi").response().text());
            }
        }
    }

    /** Parks until the body is at its end; answers with what came. */
    private static Body collect(Environ environ, StartResponse start) throws Exception {
        start.start("200 OK", List.of());
        Input input = Objects.requireNonNull(environ.get(Environ.INPUT));
        var buffer = new byte[100];
        return new Body() {
            @Override
            public @Nullable ByteBuffer next() throws IOException {
                int count = input.readNowait(buffer, 0, buffer.length);
                if (count == 0) {
                    Resume resume = Objects.requireNonNull(environ.get(Environ.PAUSE_OUTPUT))
                            .pause();
                    Objects.requireNonNull(environ.get(Environ.INPUT_HANDLER)).register(input, resume);
                }
                return count < 0 ? null : ByteBuffer.wrap(buffer, 0, count);
            }
        };
    }

    @Test
    void continueIsSentWhenAHandlerIsArmed_P57() throws Exception {
        try (Running running = Running.start(RequestBodyTest::collect);
                Client client = running.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
            assertEquals("HTTP/1.1 100 Continue", client.line());
            assertEquals("", client.line());
            client.send("hi");
            Running.await(() -> running.server.parked() == 1);
            assertEquals("hi!!", client.send("!!").response().text());
        }
    }

    @Test
    void aHandlerIsCalledForEachPieceOfALargeBody_P53() throws Exception {
        int size = 1_000_000;
        try (Running running = Running.start(RequestBodyTest::collect);
                Client client = running.connect()) {
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
                    client.send("y".repeat(size));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertEquals("y".repeat(size), client.response().text());
            sender.join();
        }
    }

    @Test
    void aChunkThatIsNoneWakesAHandler_P53() throws Exception {
        try (Running running = Running.start(RequestBodyTest::collect);
                Client client = running.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
            while (!client.line().isEmpty()) {} // the head
            assertEquals("abc", new String(client.chunk(), StandardCharsets.ISO_8859_1));
            Running.await(() -> running.server.parked() == 1);
            assertEquals("", client.send("zz\r\n").rest(), "cut, not left parked");
        }
    }

    @Test
    void noContinueForAnApplicationThatDoesNotRead() throws Exception {
        try (Running running = Running.start(Running.hello("no"));
                Client client = running.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
            Response response = client.response();
            assertEquals("no", response.text());
            assertEquals("close", response.field("Connection"));
            assertEquals("", client.rest());
        }
    }

    @Test
    void noContinueIfTheBodyCameByItself_9110_10_1_1() throws Exception {
        Application late = (environ, start) -> {
            Thread.sleep(50);
            return ECHO.call(environ, start);
        };
        try (Running running = Running.start(late);
                Client client = running.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nhi");
            assertEquals("hi", client.response().text());
            assertEquals(
                    "",
                    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
                            .response()
                            .text());
        }
    }

    @Test
    void aShortUnreadBodyIsDiscarded() throws Exception {
        try (Running running = Running.start(Running.hello("x"));
                Client client = running.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n");
            Response response = client.response();
            assertEquals("x", response.text());
            assertNull(response.field("Connection"));
            client.send("body");
            assertEquals("x", client.get("/").text());
        }
    }

    @Test
    void aLongUnreadBodyEndsTheConnectionAfterTheResponse_C73() throws Exception {
        try (Running running = Running.start(Running.hello("x"));
                Client client = running.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n");
            client.send("z".repeat(300_000));
            assertEquals("x", client.response().text());
            assertEquals("", client.rest());
        }
    }

    @Test
    void anUnreadBodyThatDoesNotComeEndsTheConnectionAfterASecond() throws Exception {
        try (Running running = Running.start(Running.hello("x"));
                Client client = running.connect()) {
            long begin = System.nanoTime();
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo");
            assertEquals("x", client.response().text());
            assertEquals("", client.rest());
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            assertTrue(millis >= 900 && millis < 3000, millis + " ms");
        }
    }

    @Test
    void aBodyCutShortRaises_P27() throws Exception {
        var failure = new AtomicReference<Exception>();
        var known = new AtomicReference<@Nullable CloseReason>();
        var called = new AtomicBoolean(); // a client that leaves before the call gets none (P14)
        Application reading = (environ, start) -> {
            called.set(true);
            try {
                return ECHO.call(environ, start);
            } catch (IOException e) {
                known.set(Objects.requireNonNull(environ.get(Environ.CLOSE_REASON))
                        .get());
                failure.set(e);
                throw e;
            }
        };
        try (Running running = Running.start(reading)) {
            try (Client client = running.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo");
                Running.await(called::get);
            }
            Running.await(() -> failure.get() instanceof ClientDisconnected);
            assertEquals(CloseReason.DISCONNECT, known.get());
            Running.await(() -> running.server.active() == 0);
        }
    }
}
