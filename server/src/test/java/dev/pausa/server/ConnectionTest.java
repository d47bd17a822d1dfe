package dev.pausa.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.server.Client.Response;
import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Header;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses on the wire and how connections persist (RFC 9112, 6, 7 and 9). */
class ConnectionTest {
    private static final Application CHUNKS = (environ, start) -> {
        start.start("200 OK", List.of());
        return Body.of(chunks("ab", "cde"));
    };

    private static Iterator<ByteBuffer> chunks(String... texts) {
        return List.of(texts).stream()
                .map(text -> ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)))
                .iterator();
    }

    @ParameterizedTest
    @EnumSource
    void answersOneRequestAfterTheOther(ServerConfig.Transport transport) throws Exception {
        try (Running running = Running.start(Running.hello("hello"), Running.Settings.DEFAULT.transport(transport));
                Client client = running.connect()) {
            for (int i = 0; i < 3; i++) {
                Response response = client.get("/" + i);
                assertEquals("HTTP/1.1 200 OK", response.status());
                assertEquals("hello", response.text());
                assertEquals("text/plain", response.field("Content-Type"));
                assertEquals("5", response.field("Content-Length"));
                assertEquals("pausa", response.field("Server"));
                assertTrue(String.valueOf(response.field("Date")).endsWith(" GMT"));
                assertNull(response.field("Connection"));
            }
            assertEquals(1, running.server.connections());
            Running.await(() -> running.server.active() == 0);
        }
    }

    @Test
    void dateAndServerOfTheApplicationStay() throws Exception {
        Application own = (environ, start) -> {
            start.start("200 OK", List.of(new Header("date", "then"), new Header("SERVER", "mine")));
            return Running.text("x");
        };
        try (Running running = Running.start(own);
                Client client = running.connect()) {
            Response response = client.get("/");
            assertEquals("then", response.field("Date"));
            assertEquals("mine", response.field("Server"));
            assertEquals(3, response.fields().size());
        }
    }

    @Test
    void unknownLengthIsChunked_9112_7_1() throws Exception {
        try (Running running = Running.start(CHUNKS);
                Client client = running.connect()) {
            Response head = client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response(false);
            assertEquals("chunked", head.field("Transfer-Encoding"));
            assertEquals("ab", new String(client.chunk(), StandardCharsets.ISO_8859_1));
            assertEquals("cde", new String(client.chunk(), StandardCharsets.ISO_8859_1));
            assertEquals(0, client.chunk().length);
            assertEquals("abcde", client.get("/").text());
        }
    }

    @Test
    void unknownLengthEndsWithTheConnectionInHttp10() throws Exception {
        try (Running running = Running.start(CHUNKS);
                Client client = running.connect()) {
            Response response = client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                    .response();
            assertNull(response.field("Transfer-Encoding"));
            assertEquals("close", response.field("Connection"));
            assertEquals("abcde", response.text());
        }
    }

    @Test
    void http10PersistsOnlyIfAskedAndDelimited_9112_9_3() throws Exception {
        try (Running running = Running.start(Running.hello("x"));
                Client client = running.connect()) {
            Response kept = client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                    .response();
            assertEquals("keep-alive", kept.field("Connection"));
            Response last = client.send("GET / HTTP/1.0\r\n\r\n").response();
            assertEquals("close", last.field("Connection"));
            assertEquals("", client.rest());
        }
    }

    @Test
    void closeIsAnsweredWithClose_9112_9_6() throws Exception {
        try (Running running = Running.start(Running.hello("x"));
                Client client = running.connect()) {
            Response response = client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\n")
                    .response();
            assertEquals("close", response.field("Connection"));
            assertEquals("x", response.text());
            assertEquals("", client.rest());
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder_P61() throws Exception {
        Application slowFirst = (environ, start) -> {
            String path = String.valueOf(environ.get("PATH_INFO"));
            Thread.sleep(path.equals("/0") ? 50 : 0);
            start.start("200 OK", List.of());
            return Running.text(path);
        };
        try (Running running = Running.start(slowFirst);
                Client client = running.connect()) {
            var requests = new StringBuilder();
            for (int i = 0; i < 20; i++) {
                requests.append("GET /").append(i).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
            }
            client.send(requests.toString());
            for (int i = 0; i < 20; i++) {
                assertEquals("/" + i, client.response().text());
            }
        }
    }

    @Test
    void moreRequestsThanAreReadAheadWaitInTheKernel_P61() throws Exception {
        int count = 10_000;
        try (Running running = Running.start(Running.hello("x"));
                Client client = running.connect()) {
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(count));
                    client.socket.shutdownOutput();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            for (int i = 0; i < count; i++) {
                assertEquals("x", client.response().text());
            }
            sender.join();
            assertEquals("", client.rest());
        }
    }

    @Test
    void headHasTheFieldsAndNoBody_9110_9_3_2() throws Exception {
        try (Running running = Running.start(Running.hello("hello"));
                Client client = running.connect()) {
            Response response =
                    client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").response(false);
            assertEquals("5", response.field("Content-Length"));
            assertEquals("hello", client.get("/").text());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"204 No Content", "304 Not Modified"})
    void responsesWithoutBody_9110_6_4_1(String status) throws Exception {
        Application empty = (environ, start) -> {
            start.start(status, List.of());
            return Running.text("dropped");
        };
        try (Running running = Running.start(empty);
                Client client = running.connect()) {
            for (int i = 0; i < 2; i++) {
                Response response =
                        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response(false);
                assertEquals("HTTP/1.1 " + status, response.status());
                assertNull(response.field("Transfer-Encoding"));
                assertNull(response.field("Content-Length"));
            }
        }
    }

    @Test
    void anEmptyBodyHasLengthZero() throws Exception {
        Application empty = (environ, start) -> {
            start.start("200 OK", List.of(new Header("Content-Length", "0")));
            return Body.of();
        };
        try (Running running = Running.start(empty);
                Client client = running.connect()) {
            assertEquals("", client.get("/").text());
            assertEquals("0", client.get("/").field("Content-Length"));
        }
    }

    @Test
    void aHundredChunksArriveAsOneStream() throws Exception {
        Application many = (environ, start) -> {
            start.start("200 OK", List.of());
            String[] texts = new String[100];
            Arrays.fill(texts, "x".repeat(100));
            return Body.of(chunks(texts));
        };
        try (Running running = Running.start(many);
                Client client = running.connect()) {
            assertEquals(10_000, client.get("/").body().length);
        }
    }

    @Test
    void anApplicationThatFailsGives500_P24() throws Exception {
        Application failing = (environ, start) -> {
            throw new IllegalStateException("thrown by the test: a trace in the log is right");
        };
        try (Running running = Running.start(failing);
                Client client = running.connect()) {
            assertEquals(500, client.get("/").code());
            assertEquals(500, client.get("/").code());
        }
    }

    @Test
    void aBodyThatFailsHalfWayHasNoLastChunk_P24() throws Exception {
        try (Running running = Running.start(failing());
                Client client = running.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response(false);
            assertEquals(2, client.chunk().length);
            assertEquals("", client.rest());
        }
    }

    @Test
    void aBodyThatFailsHalfWayResetsHttp10_P24() throws Exception {
        try (Running running = Running.start(failing());
                Client client = running.connect()) {
            client.send("GET / HTTP/1.0\r\n\r\n");
            assertThrows(IOException.class, client::rest);
        }
    }

    private static Application failing() {
        return (environ, start) -> {
            start.start("200 OK", List.of());
            var once = chunks("ab");
            return () -> {
                if (once.hasNext()) {
                    return once.next();
                }
                Thread.sleep(50);
                throw new IllegalStateException("thrown by the test: a trace in the log is right");
            };
        };
    }

    @Test
    void theEnvironHasTheCgiVariables_PEP3333() throws Exception {
        Application show = (environ, start) -> {
            assertNotNull(environ.get("wsgi.input"));
            var text = new StringBuilder();
            environ.entrySet().stream()
                    .filter(entry -> entry.getValue() instanceof String)
                    .filter(entry -> !entry.getKey().equals("REMOTE_PORT")
                            && !entry.getKey().equals("SERVER_PORT"))
                    .map(entry -> entry.getKey() + "=" + entry.getValue())
                    .sorted()
                    .forEach(line -> text.append(line).append('\n'));
            start.start("200 OK", List.of());
            return Running.text(text.toString());
        };
        try (Running running = Running.start(show);
                Client client = running.connect()) {
            String request = """
                    POST http://a/p%20q%C3%A9%?x=%20&y HTTP/1.1
                    Host: a
                    Content-Type: t/x
                    content-length: 0
                    Proxy: evil
                    X_Real_IP: evil
                    x-real-ip: good
                    Cookie: a=1
                    Accept: b
                    Cookie: c=2
                    X-Own: 1
                    aCCEPT: c
                    x-own: 2

                    """;
            String expected = """
                    CONTENT_LENGTH=0
                    CONTENT_TYPE=t/x
                    HTTP_ACCEPT=b,c
                    HTTP_COOKIE=a=1; c=2
                    HTTP_HOST=a
                    HTTP_X_OWN=1,2
                    HTTP_X_REAL_IP=good
                    PATH_INFO=/p q\u00c3\u00a9%
                    QUERY_STRING=x=%20&y
                    RAW_URI=http://a/p%20q%C3%A9%?x=%20&y
                    REMOTE_ADDR=127.0.0.1
                    REQUEST_METHOD=POST
                    REQUEST_URI=http://a/p%20q%C3%A9%?x=%20&y
                    SCRIPT_NAME=
                    SERVER_NAME=127.0.0.1
                    SERVER_PROTOCOL=HTTP/1.1
                    SERVER_SOFTWARE=pausa/0.1.0
                    wsgi.url_scheme=http
                    """;
            assertEquals(
                    expected,
                    client.send(request.replace("\n", "\r\n")).response().text());
        }
    }
}
