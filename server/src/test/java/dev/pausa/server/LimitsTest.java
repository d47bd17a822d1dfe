package dev.pausa.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.http1.HeadLimits;
import dev.pausa.server.Client.Response;
import dev.pausa.server.Running.Settings;
import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.Body;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each limit of {@link Limits}, and refusals. */
class LimitsTest {
    private static final Limits SMALL =
            new Limits(new HeadLimits(100, 5, 50, 120, 100), 1000, 2000, 500, 4, 10, 3, 10, 1);

    @ParameterizedTest
    @CsvSource({
        "414, GET /LONG HTTP/1.1~Host: a~~",
        "431, GET / HTTP/1.1~Host: a~A: LONG~~",
        "431, GET / HTTP/1.1~Host: a~A: 1~B: 2~C: 3~D: 4~E: 5~~",
        "413, POST / HTTP/1.1~Host: a~Content-Length: 2001~~",
        "413, POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~~1;LONG~x~0~~",
        "400, POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~~1~x~one~",
        "431, POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~~0~A: LONG~~",
        "431, POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~~0~A: 1~B: 2~C: 3~D: 4~E: 5~F: 6~~",
        "400, GET / HTTP/1.1~~",
        "400, GET / HTTP/1.1~Host: a~Content-Length: 1~Transfer-Encoding: chunked~~",
        "417, GET / HTTP/1.1~Host: a~Expect: a miracle~~",
        "501, CONNECT a:80 HTTP/1.1~Host: a:80~~",
        "505, GET / HTTP/2.0~Host: a~~"
    })
    void refusedWithoutTheApplication(int status, String request) throws Exception {
        var calls = new AtomicInteger();
        Application counting = (environ, start) -> {
            calls.incrementAndGet();
            return Running.hello("x").call(environ, start);
        };
        try (Running running = Running.start(counting, Settings.DEFAULT.limits(SMALL));
                Client client = running.connect()) {
            client.send(request.replace("LONG", "l".repeat(101)).replace("~", "\r\n"));

            Response response = client.response();
            assertEquals(status, response.code());
            assertEquals("close", response.field("Connection"));
            assertTrue(response.body().length > 0);
            assertEquals("", client.rest());
            assertEquals(0, calls.get());
        }
    }

    @Test
    void aChunkedBodyThatGrowsTooLargeIsCutShort() throws Exception {
        var calls = new AtomicInteger();
        Application reading = (environ, start) -> {
            calls.incrementAndGet();
            String said = "all";
            try {
                Running.input(environ).readAllBytes();
            } catch (IOException e) {
                said = "cut";
            }
            start.start("200 OK", List.of());
            return Running.text(said);
        };
        try (Running running = Running.start(reading, Settings.DEFAULT.limits(SMALL));
                Client client = running.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            String chunk = "64\r\n" + "x".repeat(100) + "\r\n";
            client.send(chunk.repeat(20) + "0\r\n\r\n");
            assertEquals("all", client.response().text());
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.send(chunk);
            Running.await(() -> calls.get() == 2);
            client.send(chunk.repeat(20) + "0\r\n\r\n");
            assertEquals("cut", client.response().text());
            assertEquals("", client.rest());
        }
    }

    @Test
    void connectionsAboveTheLimitWait() throws Exception {
        try (Running running = Running.start(Running.hello("x"), Settings.DEFAULT.limits(SMALL));
                Client first = running.connect();
                Client second = running.connect();
                Client third = running.connect();
                Client fourth = running.connect()) {
            first.get("/");
            second.get("/");
            third.get("/");
            fourth.socket.setSoTimeout(200);
            Assertions.assertThrows(SocketTimeoutException.class, () -> fourth.get("/"));
            assertEquals(3, running.server.connections());
            fourth.socket.setSoTimeout(5000);
            second.close();
            assertEquals("x", fourth.response().text());
        }
    }

    @Test
    void newRequestsGet503AboveTheLimitOfParkedOnes_P34() throws Exception {
        Pausing application = new Pausing("");
        try (Running running = Running.start(application, Settings.DEFAULT.limits(SMALL));
                Client parked = running.connect();
                Client other = running.connect()) {
            parked.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            Running.await(() -> running.server.parked() == 1);
            Response response = other.get("/");
            assertEquals(503, response.code());
            assertEquals("1", response.field("Retry-After"));
            assertEquals(1, running.server.parked());
        }
    }

    @Test
    void noStepAboveHighWaterAndNoThreadHeld_C51() throws Exception {
        int size = 10_000_000;
        var steps = new AtomicInteger();
        var held = new AtomicLong();
        Application large = (environ, start) -> {
            start.start("200 OK", List.of());
            if (environ.get("PATH_INFO") instanceof String path && path.equals("/small")) {
                return Running.text("small");
            }
            return (Body) () -> {
                held.set(Thread.currentThread().threadId());
                return steps.incrementAndGet() <= 5 ? ByteBuffer.allocate(size) : null;
            };
        };
        try (Running running = Running.start(large, Settings.DEFAULT.threads(1));
                Client slow = new Client(running.address(), 4096);
                Client other = running.connect()) {
            slow.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            Running.await(() -> steps.get() == 1);
            for (int i = 0; i < 20; i++) {
                assertEquals("small", other.get("/small").text());
            }
            Thread.sleep(100);
            assertEquals(1, steps.get());
            assertEquals(5 * size, slow.response().body().length);
            assertEquals(6, steps.get());
        }
    }
}
