package dev.pausa.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.server.Client.Response;
import dev.pausa.server.Running.Settings;
import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.CloseReason;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Graceful shutdown (P35, C43, C83). */
class DrainTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private static Settings graces(int grace, int parkedGrace) {
        return Settings.DEFAULT.timeouts(new Timeouts(
                LONG, LONG, LONG, LONG, LONG, LONG, Duration.ofMillis(grace), Duration.ofMillis(parkedGrace)));
    }

    private static CompletableFuture<Boolean> drain(Running running) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return running.server.drain();
            } catch (InterruptedException e) {
                throw new CompletionException(e);
            }
        });
    }

    @Test
    void idleConnectionsAreClosedAndNewOnesRefused() throws Exception {
        try (Running running = Running.start(Running.hello("x"), graces(5000, 5000));
                Client fresh = running.connect();
                Client used = running.connect()) {
            used.get("/");
            CompletableFuture<Boolean> drain = drain(running);
            assertEquals("", fresh.rest());
            assertEquals("", used.rest());
            fresh.close();
            used.close();
            assertTrue(drain.join());
            assertThrows(IOException.class, running::connect);
        }
    }

    @Test
    void aRunningRequestFinishes_C83() throws Exception {
        var go = new CountDownLatch(1);
        Application waiting = (environ, start) -> {
            go.await();
            start.start("200 OK", List.of());
            return Running.text("done");
        };
        try (Running running = Running.start(waiting, graces(5000, 0));
                Client client = running.connect()) {
            client.send(GET);
            Running.await(() -> running.server.active() == 1);
            CompletableFuture<Boolean> drain = drain(running);
            Thread.sleep(100);
            assertFalse(drain.isDone());
            go.countDown();
            Response response = client.response();
            assertEquals("done", response.text());
            assertEquals("close", response.field("Connection"));
            assertEquals("", client.rest());
            client.close();
            assertTrue(drain.join());
        }
    }

    @Test
    void parkedWithoutHeadersGets503AtOnce_C83() throws Exception {
        Pausing application = new Pausing("");
        try (Running running = Running.start(application, graces(5000, 5000));
                Client client = running.connect()) {
            client.send(GET);
            Running.await(() -> running.server.parked() == 1);
            CompletableFuture<Boolean> drain = drain(running);
            Response response = client.response();
            assertEquals(503, response.code());
            assertEquals("1", response.field("Retry-After"));
            assertEquals("close", response.field("Connection"));
            client.close();
            assertTrue(drain.join());
            assertEquals(CloseReason.SHUTDOWN, application.closed.take());
        }
    }

    @Test
    void parkedWithHeadersEndsAbnormallyAfterItsGrace_C83() throws Exception {
        Pausing application = new Pausing("x");
        try (Running running = Running.start(application, graces(5000, 300));
                Client client = running.connect()) {
            client.send(GET).response(false);
            assertEquals(1, client.chunk().length);
            Running.await(() -> running.server.parked() == 1);
            long begin = System.nanoTime();
            CompletableFuture<Boolean> drain = drain(running);
            assertEquals("", client.rest(), "no last chunk");
            long millis = (System.nanoTime() - begin) / 1_000_000;
            assertTrue(millis >= 250 && millis < 2000, millis + " ms");
            client.close();
            assertTrue(drain.join());
            assertEquals(CloseReason.SHUTDOWN, application.closed.take());
        }
    }

    @Test
    void aHeadThatDoesNotComeDelaysNoStop() throws Exception {
        try (Running running = Running.start(Running.hello("x"), graces(5000, 200));
                Client slow = running.connect();
                Client quick = running.connect()) {
            slow.send("GET / HTTP/1.1\r\nHo");
            quick.send("GET / HTTP/1.1\r\nHo");
            Running.await(() -> running.server.connections() == 2);
            Thread.sleep(50);
            CompletableFuture<Boolean> drain = drain(running);
            assertEquals(200, quick.send("st: a\r\n\r\n").response().code());
            quick.close();
            assertEquals(503, slow.response().code());
            slow.close();
            assertTrue(drain.get(3, TimeUnit.SECONDS));
        }
    }

    @Test
    void whoIsStillInsideAfterTheGraceIsLeftBehind() throws Exception {
        var go = new CountDownLatch(1);
        Application stuck = (environ, start) -> {
            go.await();
            start.start("200 OK", List.of());
            return Running.text("late");
        };
        try (Running running = Running.start(stuck, graces(200, 200));
                Client client = running.connect()) {
            client.send(GET);
            Running.await(() -> running.server.active() == 1);
            assertFalse(drain(running).join());
            assertEquals(1, running.server.active());
            go.countDown();
        }
    }

    @Test
    void aHundredParkedAreAllClosed_C43() throws Exception {
        Pausing application = new Pausing("x");
        try (Running running = Running.start(application, graces(5000, 100))) {
            Client[] clients = new Client[100];
            for (int i = 0; i < clients.length; i++) {
                clients[i] = running.connect().send(GET);
            }
            Running.await(() -> running.server.parked() == 100);
            CompletableFuture<Boolean> drain = drain(running);
            for (Client client : clients) {
                client.rest();
                client.close();
            }
            assertTrue(drain.join());
            assertEquals(100, application.closed.size());
            running.server.stop();
            assertTrue(running.server.awaitStopped(Duration.ofSeconds(5)));
        }
    }
}
