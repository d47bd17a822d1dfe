package dev.pausa.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.http1.HeadLimits;
import dev.pausa.server.Running.Settings;
import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.ClientDisconnected;
import dev.pausa.wsgi.CloseReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Each time-out of {@link Timeouts}, shortened. */
class TimeoutTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofSeconds(60);

    private static final Limits AT_ANY_RATE =
            new Limits(HeadLimits.DEFAULT, 1000, Long.MAX_VALUE, 0, 4, 100, 100, 100, 100);

    private static Settings timeouts(Duration keepAlive, Duration head, Duration body, Duration write) {
        return Settings.DEFAULT.timeouts(new Timeouts(keepAlive, keepAlive, head, body, write, LONG, LONG, LONG));
    }

    private static void assertAboutShort(long begin) {
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        assertTrue(millis >= 190 && millis < 2000, millis + " ms");
    }

    @Test
    void keepAliveClosesWithoutAWord() throws Exception {
        try (Running running = Running.start(Running.hello("x"), timeouts(SHORT, LONG, LONG, LONG));
                Client fresh = running.connect();
                Client used = running.connect()) {
            long begin = System.nanoTime();
            used.get("/");
            assertEquals("", fresh.rest());
            assertEquals("", used.rest());
            assertAboutShort(begin);
        }
    }

    /** More than are looked at in one go. */
    @Test
    void hundredsOfConnectionsAreClosedInTime() throws Exception {
        List<Client> clients = new ArrayList<>();
        try (Running running = Running.start(Running.hello("x"), timeouts(SHORT, LONG, LONG, LONG))) {
            for (int i = 0; i < 600; i++) {
                clients.add(running.connect());
            }
            long begin = System.nanoTime();
            for (Client client : clients) {
                assertEquals("", client.rest());
            }
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            assertTrue(millis < 2000, millis + " ms");
        } finally {
            for (Client client : clients) {
                client.close();
            }
        }
    }

    @Test
    void headCountsFromItsFirstByte() throws Exception {
        try (Running running = Running.start(Running.hello("x"), timeouts(LONG, SHORT, LONG, LONG));
                Client client = running.connect()) {
            Thread.sleep(400);
            long begin = System.nanoTime();
            client.send("GET / HT");
            Client.Response response = client.response();
            assertEquals(408, response.code());
            assertEquals("close", response.field("Connection"));
            assertAboutShort(begin);
        }
    }

    @Test
    void aGapInTheBodyIsADisconnect() throws Exception {
        var failure = new AtomicReference<Exception>();
        Application reading = (environ, start) -> {
            try {
                Running.input(environ).readAllBytes();
            } catch (IOException e) {
                failure.set(e);
            }
            start.start("200 OK", List.of());
            return Running.text("late");
        };
        try (Running running =
                        Running.start(reading, timeouts(LONG, LONG, SHORT, LONG).limits(AT_ANY_RATE));
                Client client = running.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n");
            for (int i = 0; i < 4; i++) {
                Thread.sleep(100);
                client.send("x");
            }
            long begin = System.nanoTime();
            assertEquals("", client.rest());
            assertAboutShort(begin);
            Running.await(() -> failure.get() instanceof ClientDisconnected);
        }
    }

    @Test
    void theFirstByteHasATimeOfItsOwn() throws Exception {
        var own = Settings.DEFAULT.timeouts(new Timeouts(SHORT, LONG, LONG, LONG, LONG, LONG, LONG, LONG));
        try (Running running = Running.start(Running.hello("x"), own);
                Client fresh = running.connect();
                Client used = running.connect()) {
            long begin = System.nanoTime();
            used.get("/");
            assertEquals("", fresh.rest());
            assertAboutShort(begin);
            assertEquals("x", used.get("/").text());
        }
    }

    @Test
    void aBodyThatComesTooSlowlyIsADisconnect() throws Exception {
        Application reading = (environ, start) -> {
            Running.input(environ).readAllBytes();
            throw new AssertionError("the body is not complete");
        };
        var reason = new AtomicReference<CloseReason>();
        Settings settings = timeouts(LONG, LONG, Duration.ofMillis(500), LONG).requests(r -> reason.set(r.reason()));
        try (Running running = Running.start(reading, settings);
                Client client = running.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\n");
            for (int i = 0; i < 8; i++) {
                client.send("x".repeat(200)); // 2,000 bytes a second for now
                Thread.sleep(100);
            }
            assertEquals(null, reason.get());
            long begin = System.nanoTime();
            while (reason.get() == null) {
                client.send("x"); // 10
                Thread.sleep(100);
                assertTrue(System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(5), "it may go on for ever");
            }
            assertEquals(CloseReason.DISCONNECT, reason.get());
        } catch (IOException closed) {
            assertEquals(CloseReason.DISCONNECT, reason.get());
        }
    }

    @Test
    void aClientThatDoesNotReadIsADisconnect() throws Exception {
        var reason = new AtomicReference<CloseReason>();
        Settings settings = timeouts(LONG, LONG, LONG, SHORT).requests(request -> reason.set(request.reason()));
        try (Running running = Running.start(endless(), settings);
                Client client = new Client(running.address(), 4096)) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            Running.await(() -> reason.get() != null);
            assertEquals(CloseReason.DISCONNECT, reason.get());
        }
    }

    private static Application endless() {
        ByteBuffer chunk = ByteBuffer.allocate(100_000);
        return (environ, start) -> {
            start.start("200 OK", List.of());
            return chunk::duplicate;
        };
    }

    @Test
    void noneRunsWhileParked_C42() throws Exception {
        Application parking = Pausing.once(Duration.ofMillis(900), "woken");
        try (Running running = Running.start(parking, timeouts(SHORT, SHORT, SHORT, SHORT));
                Client client = running.connect()) {
            assertEquals("woken", client.get("/").text());
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n");
            assertEquals("woken", client.response().text());
        }
    }

    @Test
    void timeoutsMustBePositive() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new Timeouts(LONG, Duration.ZERO, LONG, LONG, LONG, LONG, LONG, LONG));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Timeouts(LONG, LONG, LONG, LONG, LONG, LONG, Duration.ofMillis(-1), LONG));
    }
}
