package dev.pausa.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.server.RequestListener.Request;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Header;
import dev.pausa.wsgi.Name;
import dev.pausa.wsgi.Variables;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** gunicorn's atoms. */
class AccessLogTest {
    private static final Request REQUEST = request();

    private static Request request() {
        var variables = new Variables();
        String[][] pairs = {
            {"REQUEST_METHOD", "GET"},
            {"PATH_INFO", "/a\"b\n"},
            {"QUERY_STRING", ""},
            {"RAW_URI", "/a%22b%0A?"},
            {"SERVER_PROTOCOL", "HTTP/1.1"},
            {"REMOTE_ADDR", "127.0.0.1"},
            {"HTTP_USER_AGENT", "t/1"},
            {"HTTP_AUTHORIZATION", "Basic YWxhZGRpbjpvcGVu"},
            {"CONTENT_TYPE", "a/b"},
            {"HTTP_X_A", "\u00e9"}
        };
        for (String[] pair : pairs) {
            variables.add(Name.of(pair[0]), pair[1].getBytes(StandardCharsets.ISO_8859_1));
        }
        return new Request(
                new Environ(variables),
                200,
                List.of(new Header("X-Out", "yes")),
                12,
                0,
                1_002_003_004L,
                0,
                CloseReason.END,
                () -> "an-id");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    %(h)s            | 127.0.0.1
                    %(id)s           | an-id
                    %(l)s            | -
                    %(u)s            | aladdin
                    %(t)s            | [01/Jan/1970:00:00:01 +0000]
                    %(r)s            | GET /a%22b%0A? HTTP/1.1
                    %(m)s            | GET
                    %(U)s            | /a\\"b\\x0a
                    %(q)sx           | x
                    %(H)s            | HTTP/1.1
                    %(s)s            | 200
                    %(B)s            | 12
                    %(b)s            | 12
                    %(f)s            | -
                    %(a)s            | t/1
                    %(T)s            | 1
                    %(M)s            | 1002
                    %(D)s            | 1002003
                    %(L)s            | 1.002003
                    %({X-A}i)s       | \u00e9
                    %({content-type}i)s | a/b
                    %({x-out}o)s     | yes
                    %({none}o)s      | -
                    %({remote_addr}e)s | 127.0.0.1
                    %(nonesuch)s     | -
                    100%% %(s)s      | 100% 200
                    """)
    void atom(String format, String expected) {
        var line = new StringBuilder();
        AccessFormat.parse(format).append(line, REQUEST);
        assertEquals(expected, line.toString());
    }

    @Test
    void p_isTheProcess() {
        var line = new StringBuilder();
        AccessFormat.parse("%(p)s").append(line, REQUEST);
        assertEquals("<" + ProcessHandle.current().pid() + ">", line.toString());
    }

    @Test
    void aPercentSignThatBeginsNothingIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> AccessFormat.parse("%h"));
    }

    @Test
    void writesALineForEachRequest() throws Exception {
        var out = new ByteArrayOutputStream();
        try (AccessLog log = new AccessLog(AccessLog.DEFAULT_FORMAT, out);
                Running running =
                        Running.start(Running.hello("hello world\n"), Running.Settings.DEFAULT.requests(log));
                Client client = running.connect()) {
            client.send("GET /x?y=z HTTP/1.1\r\nHost: a\r\nUser-Agent: me\r\nReferer: r\r\n\r\n")
                    .response();
            client.get("/2");
            Running.await(() -> out.toString(StandardCharsets.UTF_8).lines().count() == 2);
        }
        // A line is written when close() has run, which may be after the next request of the connection was answered.
        List<String> lines = out.toString(StandardCharsets.UTF_8)
                .lines()
                .sorted(Comparator.comparing(line -> line.contains("GET /2")))
                .toList();
        String time = "\\[\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d \\+0000]";
        assertTrue(
                lines.getFirst().matches("127.0.0.1 - - " + time + " \"GET /x\\?y=z HTTP/1.1\" 200 12 \"r\" \"me\""),
                lines.getFirst());
        assertTrue(lines.getLast().endsWith("\"GET /2 HTTP/1.1\" 200 12 \"-\" \"-\""), lines.getLast());
    }
}
