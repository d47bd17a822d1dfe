package dev.pausa.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Environ;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that leave, and clients that only shut down their sending side (P26 to P28). */
class DisconnectTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private static CloseReason closedWith(Pausing application) throws InterruptedException {
        return Objects.requireNonNull(application.closed.poll(1, TimeUnit.SECONDS), "close() within 1 s");
    }

    @ParameterizedTest
    @EnumSource
    void finWhileParkedCloses_C29(ServerConfig.Transport transport) throws Exception {
        Pausing application = new Pausing("x");
        try (Running running = Running.start(application, Running.Settings.DEFAULT.transport(transport));
                Client client = running.connect()) {
            client.send(GET).response(false);
            Running.await(() -> running.server.parked() == 1);
            client.socket.shutdownOutput();
            assertEquals(CloseReason.DISCONNECT, closedWith(application));
            Running.await(() -> running.server.connections() == 0);
            assertEquals(0, running.server.parked());
        }
    }

    @ParameterizedTest
    @EnumSource
    void resetWhileParkedCloses_C30(ServerConfig.Transport transport) throws Exception {
        Pausing application = new Pausing("");
        try (Running running = Running.start(application, Running.Settings.DEFAULT.transport(transport));
                Client client = running.connect()) {
            client.send(GET);
            Running.await(() -> running.server.parked() == 1);
            client.reset();
            assertEquals(CloseReason.DISCONNECT, closedWith(application));
            Running.await(() -> running.server.active() == 0);
        }
    }

    @Test
    void finBehindPipelinedBytesIsSeenWhileParked_C56() throws Exception {
        Pausing application = new Pausing("x");
        try (Running running = Running.start(application);
                Client client = running.connect()) {
            client.send(GET + GET).response(false);
            Running.await(() -> running.server.parked() == 1);
            client.socket.shutdownOutput();
            assertEquals(CloseReason.DISCONNECT, closedWith(application));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void leavingBehindMoreThanIsReadAheadIsSeenWhileParked_C57(boolean reset) throws Exception {
        Pausing application = new Pausing("x");
        try (Running running = Running.start(application);
                Client client = running.connect()) {
            client.send(GET + "G".repeat(110_000));
            client.response(false);
            Running.await(() -> running.server.parked() == 1);
            Thread.sleep(150);
            assertEquals(1, running.server.parked(), "bytes beyond the cap do no harm");
            if (reset) {
                client.reset();
            } else {
                client.socket.shutdownOutput();
            }
            assertEquals(CloseReason.DISCONNECT, closedWith(application));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void leavingBehindAFullBufferIsSeenWhileParked_P26(boolean reset) throws Exception {
        Pausing application = new Pausing("x");
        try (Running running = Running.start(application);
                Client client = running.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n" + "b".repeat(110_000));
            client.response(false);
            Running.await(() -> running.server.parked() == 1);
            Thread.sleep(150);
            assertEquals(1, running.server.parked(), "bytes that nobody reads do no harm");
            if (reset) {
                client.reset();
            } else {
                client.socket.shutdownOutput();
            }
            assertEquals(CloseReason.DISCONNECT, closedWith(application));
        }
    }

    @Test
    void aRunningStepSeesWhyItIsAlone_C81() throws Exception {
        var seen = new LinkedBlockingQueue<CloseReason>();
        var entered = new Semaphore(0);
        Application polling = (environ, start) -> {
            entered.release();
            CloseReason.Query query = Objects.requireNonNull(environ.get(Environ.CLOSE_REASON));
            while (query.get() == null) {
                Thread.sleep(2);
            }
            seen.add(Objects.requireNonNull(query.get()));
            start.start("200 OK", List.of());
            return Running.text("x");
        };
        try (Running running = Running.start(polling)) {
            try (Client client = running.connect()) {
                client.send(GET);
                entered.acquire();
                client.socket.shutdownOutput();
                assertEquals(CloseReason.HALF_CLOSED, seen.poll(1, TimeUnit.SECONDS));
                assertEquals("x", client.response().text());
            }
            Running.await(() -> running.server.active() == 0);
            Client client = running.connect();
            client.send(GET);
            entered.acquire();
            client.reset();
            assertEquals(CloseReason.DISCONNECT, seen.poll(1, TimeUnit.SECONDS));
        }
    }

    @Test
    void aHalfClosedClientGetsItsAnswer_C82() throws Exception {
        try (Running running = Running.start(Running.hello("hello"));
                Client client = running.connect()) {
            client.send(GET + GET);
            client.socket.shutdownOutput();
            assertEquals("hello", client.response().text());
            assertEquals("hello", client.response().text());
            assertEquals("", client.rest());
        }
    }

    @Test
    void aHalfClosedClientGetsASlowDownload_C82() throws Exception {
        int size = 10_000_000;
        Application large = (environ, start) -> {
            start.start("200 OK", List.of());
            var left = new int[] {size / 100_000};
            return () -> left[0]-- > 0 ? ByteBuffer.allocate(100_000) : null;
        };
        try (Running running = Running.start(large);
                Client client = new Client(running.address(), 4096)) {
            client.send(GET);
            client.socket.shutdownOutput();
            Thread.sleep(300);
            assertEquals(size, client.response().body().length);
        }
    }

    @Test
    void aFinBeforeTheBodysEndIsADisconnect() throws Exception {
        Pausing application = new Pausing("");
        try (Running running = Running.start(application);
                Client client = running.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
            Running.await(() -> running.server.parked() == 1);
            client.socket.shutdownOutput();
            assertEquals(CloseReason.DISCONNECT, closedWith(application));
        }
    }

    @Test
    void aFinWithinTheHeadEndsTheConnection() throws Exception {
        try (Running running = Running.start(Running.hello("x"));
                Client client = running.connect()) {
            client.send("GET / HT");
            client.socket.shutdownOutput();
            assertEquals("", client.rest());
            Running.await(() -> running.server.connections() == 0);
        }
    }

    @Test
    void theApplicationIsClosedOnceForAClientThatLeftDuringAStep_C31() throws Exception {
        var closes = new LinkedBlockingQueue<String>();
        var inside = new CountDownLatch(1);
        Application slow = (environ, start) -> {
            start.start("200 OK", List.of());
            inside.countDown();
            Thread.sleep(300);
            return new Body() {
                @Override
                public ByteBuffer next() {
                    closes.add("stepped");
                    return ByteBuffer.allocate(1);
                }

                @Override
                public void close() {
                    closes.add("closed");
                }
            };
        };
        try (Running running = Running.start(slow)) {
            Client client = running.connect();
            client.send(GET);
            assertTrue(inside.await(5, TimeUnit.SECONDS));
            client.reset();
            Running.await(() -> running.server.active() == 0);
            assertEquals("closed", closes.poll());
            assertNull(closes.poll());
        }
    }
}
