package dev.pausa.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.http1.HeadLimits;
import dev.pausa.server.Client.Response;
import dev.pausa.server.Running.Settings;
import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.Header;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client is told of an error, and what a request is called. */
class ErrorsTest {
    private static final Limits SMALL =
            new Limits(new HeadLimits(100, 5, 500, 600, 100), 1000, 2000, 500, 4, 10, 3, 10, 1);
    private static final Settings DEBUG = Settings.DEFAULT.reporting(new Reporting(true, null));
    private static final Settings NAMED = Settings.DEFAULT.reporting(new Reporting(false, "X-Request-ID"));

    private static final Application FAILING = (environ, start) -> {
        throw new IllegalStateException("a <secret> & \"more\"");
    };

    private static Response get(Running running, String fields) throws Exception {
        try (Client client = running.connect()) {
            client.send("GET /a?b=%3Cc%3E HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
            return client.response();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "X: 1                                              | text/plain; charset=utf-8",
                "Accept: */*                                       | text/plain; charset=utf-8",
                "Accept: image/png                                 | text/plain; charset=utf-8",
                "Accept: text/html,application/xml;q=0.9,*/*;q=0.8 | text/html; charset=utf-8",
                "Accept: text/plain;q=0.5, text/html;q=0.4         | text/plain; charset=utf-8",
                "Accept: application/json                          | application/problem+json",
                "Accept: application/problem+json, */*;q=0.1       | application/problem+json",
            })
    void asTheClientLikesIt(String field, String type) throws Exception {
        try (Running running = Running.start(FAILING)) {
            Response response = get(running, field + "\r\n");
            assertEquals(500, response.code());
            assertEquals(type, response.field("Content-Type"));
            assertEquals("nosniff", response.field("X-Content-Type-Options"));
            assertEquals("no-store", response.field("Cache-Control"));
            assertEquals("" + response.body().length, response.field("Content-Length"));
            assertTrue(response.body().length < 2048);
            assertFalse(response.text().contains("secret"), response.text());
            assertFalse(response.text().contains("IllegalState"), response.text());
        }
    }

    @Test
    void refusalsToo() throws Exception {
        try (Running running = Running.start(FAILING, Settings.DEFAULT.limits(SMALL));
                Client client = running.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\nContent-Length: 2001\r\n\r\n");
            Response response = client.response();
            assertEquals(413, response.code());
            assertEquals("text/html; charset=utf-8", response.field("Content-Type"));
            assertTrue(response.text().contains("larger than 2000 bytes"), response.text());
            assertTrue(response.body().length < 2048);
        }
    }

    @Test
    void aHeadHasTheLengthAndNoBody() throws Exception {
        try (Running running = Running.start(FAILING, Settings.DEFAULT.limits(SMALL));
                Client client = running.connect()) {
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 2001\r\n\r\n");
            String[] both = client.rest().split("\r\n\r\n", -1);
            assertEquals(3, both.length);
            assertTrue(
                    both[0].startsWith("HTTP/1.1 500 ") && both[0].matches("(?s).*Content-Length: \\d\\d.*"), both[0]);
            assertTrue(
                    both[1].startsWith("HTTP/1.1 413 ") && both[1].matches("(?s).*Content-Length: \\d\\d.*"), both[1]);
            assertEquals("", both[2]);
        }
    }

    @Test
    void debugShowsTheTraceEscapedAndTheRequestLine() throws Exception {
        try (Running running = Running.start(FAILING, DEBUG)) {
            String html = get(running, "Accept: text/html\r\n").text();
            assertTrue(html.contains("GET /a?b=%3Cc%3E HTTP/1.1"), html);
            assertTrue(html.contains("IllegalStateException: a &lt;secret&gt; &amp; &quot;more&quot;"), html);
            assertTrue(html.contains("ErrorsTest.java:"), html);
            String plain = get(running, "").text();
            assertTrue(plain.contains("IllegalStateException: a <secret> & \"more\""), plain);
            String json = get(running, "Accept: application/json\r\n").text();
            assertTrue(json.contains("a <secret> & \\\"more\\\"\\n\\tat ".replace("\\t", "\\u0009")), json);
        }
    }

    @Test
    void aRefusedBodyIsTheClientsFault() throws Exception {
        Application reading = (environ, start) -> {
            Running.input(environ).readAllBytes();
            throw new IllegalStateException("read");
        };
        try (Running running = Running.start(reading, Settings.DEFAULT.limits(SMALL))) {
            try (Client client = running.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n");
                assertEquals(400, client.response().code());
                assertEquals("", client.rest());
            }
            try (Client client = running.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + ("64\r\n" + "x".repeat(100) + "\r\n").repeat(21) + "0\r\n\r\n");
                assertEquals(413, client.response().code());
            }
        }
    }

    @Test
    void anIdIsOnThePageAndNowhereElse() throws Exception {
        var served = new LinkedBlockingQueue<RequestListener.Request>();
        try (Running running = Running.start(FAILING, Settings.DEFAULT.requests(served::add))) {
            Response response = get(running, "");
            assertNull(response.field("X-Request-ID"));
            String id = served.take().id().get();
            assertTrue(id.matches("[0-9a-f]{32}"), id);
            assertTrue(response.text().contains("Request " + id + "\n"), response.text());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "abc-1, true",
        "Root=1-5759e988-bd862e3fe1be46a994272793, true",
        "a b, false",
        "<script>, false",
        "'', false",
        "LONG, false"
    })
    void anIdIsTakenIfItIsUsable(String given, boolean taken) throws Exception {
        Application echo = (environ, start) -> {
            return Running.hello(String.valueOf(environ.get("pausa.request_id")))
                    .call(environ, start);
        };
        try (Running running = Running.start(echo, NAMED)) {
            Response response = get(running, "X-Request-ID: " + given.replace("LONG", "x".repeat(129)) + "\r\n");
            assertEquals(taken ? given : response.text(), response.field("X-Request-ID"));
            assertEquals(taken, response.text().equals(given));
            assertTrue(taken || response.text().matches("[0-9a-f]{32}"), response.text());
            assertNotEquals(response.text(), get(running, "").text());
        }
    }

    @Test
    void anApplicationsOwnFieldStays() throws Exception {
        Application own = (environ, start) -> {
            start.start("200 OK", List.of(new Header("x-request-id", "mine")));
            return Running.text("x");
        };
        try (Running running = Running.start(own, NAMED)) {
            assertEquals("mine", get(running, "").field("X-Request-ID"));
        }
    }

    @Test
    void withoutTheOptionTheEnvironHasNone() throws Exception {
        try (Running running = Running.start((environ, start) ->
                Running.hello(String.valueOf(environ.get("pausa.request_id"))).call(environ, start))) {
            assertEquals("null", get(running, "X-Request-ID: abc\r\n").text());
        }
    }

    @Test
    void refusalsCarryTheIdToo() throws Exception {
        try (Running running = Running.start(FAILING, NAMED);
                Client client = running.connect()) {
            client.send("GET / HTTP/9\r\n\r\n");
            Response response = client.response();
            String id = String.valueOf(response.field("X-Request-ID"));
            assertTrue(response.text().contains("Request " + id), response.text());
        }
    }

    @Test
    void aFieldMustBeOne() {
        assertThrows(IllegalArgumentException.class, () -> new Reporting(false, "a b"));
        assertThrows(IllegalArgumentException.class, () -> new Reporting(false, "x_request_id"));
    }
}
