package dev.pausa.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.http1.HeadLimits;
import dev.pausa.server.Client.Response;
import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.Body;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Bodies that break a rule (RFC 9112, 7.1): never taken for complete, and the client's fault (P60). */
class RefusedBodyTest {
    private static final String HEAD = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";
    private static final String BROKEN = "zz\r\nabc\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

    private final AtomicInteger calls = new AtomicInteger();

    /** Reads all of its body before it answers. */
    private final Application reading = (environ, start) -> {
        calls.incrementAndGet();
        byte[] body = Running.input(environ).readAllBytes();
        start.start("200 OK", List.of());
        return Body.of(body);
    };

    @Test
    void theApplicationNeverHearsOfWhatIsRefusedAtOnce() throws Exception {
        try (Running running = Running.start(reading);
                Client client = running.connect()) {
            Response response = client.send(HEAD + BROKEN).response();
            assertEquals(400, response.code());
            assertTrue(response.text().contains("RFC 9112, 7.1"), response.text());
            assertEquals("close", response.field("Connection"));
            assertEquals("", client.rest());
            assertEquals(0, calls.get());
            Running.await(() -> running.server.active() == 0);
        }
    }

    @Test
    void anApplicationThatFailsOverItIsAnsweredForWith400() throws Exception {
        try (Running running = Running.start(reading);
                Client client = running.connect()) {
            client.send(HEAD);
            Running.await(() -> calls.get() == 1);
            Response response = client.send(BROKEN).response();
            assertEquals(400, response.code());
            assertEquals("close", response.field("Connection"));
            assertEquals("", client.rest());
            assertEquals(1, calls.get());
            Running.await(() -> running.server.active() == 0);
        }
    }

    @Test
    void anApplicationMayAnswerItself() throws Exception {
        Application telling = (environ, start) -> {
            calls.incrementAndGet();
            String said;
            try {
                Running.input(environ).readAllBytes();
                said = "complete";
            } catch (IOException e) {
                said = "cut short";
            }
            start.start("200 OK", List.of());
            return Running.text(said);
        };
        try (Running running = Running.start(telling);
                Client client = running.connect()) {
            client.send(HEAD);
            Running.await(() -> calls.get() == 1);
            assertEquals("cut short", client.send(BROKEN).response().text());
            assertEquals("", client.rest());
            assertEquals(1, calls.get());
        }
    }

    @Test
    void aResponseThatBeganIsAborted() throws Exception {
        Application early = (environ, start) -> {
            start.start("200 OK", List.of()).write(ByteBuffer.wrap("x".getBytes(StandardCharsets.US_ASCII)));
            return Body.of(Running.input(environ).readAllBytes());
        };
        try (Running running = Running.start(early);
                Client client = running.connect()) {
            Response head = client.send(HEAD).response(false);
            assertEquals(200, head.code());
            assertEquals("x", new String(client.chunk(), StandardCharsets.US_ASCII));
            assertFalse(client.send(BROKEN).rest().contains("0\r\n\r\n"), "the response looks complete");
        }
    }

    @Test
    void aBodyThatGrowsAboveTheLimitGives413() throws Exception {
        var limits = new Limits(HeadLimits.DEFAULT, 10, 4, 0, 4, 10, 10, 10, 10);
        try (Running running = Running.start(reading, Running.Settings.DEFAULT.limits(limits));
                Client client = running.connect()) {
            client.send(HEAD);
            Running.await(() -> calls.get() == 1);
            assertEquals(413, client.send("3\r\nabc\r\n").response().code());
            assertEquals("", client.rest());
        }
    }
}
