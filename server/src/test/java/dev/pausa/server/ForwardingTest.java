package dev.pausa.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.server.Client.Response;
import dev.pausa.server.Running.Settings;
import dev.pausa.wsgi.Application;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What proxies say of the client (RFC 7239; PEP 3333, "environ Variables"). Every test's client is 127.0.0.1. */
class ForwardingTest {
    /** Answers with the variables that the query names. */
    private static final Application SHOW = (environ, start) -> {
        String shown = Stream.of(String.valueOf(environ.get("QUERY_STRING")).split("&", -1))
                .map(name -> String.valueOf(environ.getOrDefault(name, "-")))
                .collect(Collectors.joining(" "));
        return Running.hello(shown).call(environ, start);
    };

    private static Proxies trusting(String networks) {
        return new Proxies(
                Networks.parse(networks),
                EnumSet.allOf(Proxies.Field.class),
                Proxies.Protocol.OFF,
                Networks.LOOPBACK,
                "");
    }

    /** {@code fields} are separated by a vertical bar. */
    private static Response ask(Proxies proxies, String variables, String fields) throws Exception {
        try (Running running = Running.start(SHOW, Settings.DEFAULT.proxies(proxies));
                Client client = running.connect()) {
            String lines = fields.isEmpty() ? "" : fields.replace("|", "\r\n") + "\r\n";
            String host = fields.startsWith("Host:") ? "" : "Host: a.example\r\n";
            return client.send("GET /path?" + variables + " HTTP/1.1\r\n" + host + lines + "\r\n")
                    .response();
        }
    }

    private static String shown(String networks, String variables, String fields) throws Exception {
        Response response = ask(trusting(networks), variables, fields);
        assertEquals(200, response.code(), response.text());
        return response.text();
    }

    @Test
    void withoutFieldsTheConnectionSaysIt() throws Exception {
        assertEquals(
                "127.0.0.1 http - a.example 127.0.0.1",
                shown("127.0.0.1", "REMOTE_ADDR&wsgi.url_scheme&HTTPS&HTTP_HOST&SERVER_NAME", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For: 1.2.3.4",
                "x-forwarded-proto: https",
                "X-Forwarded-Host: b.example",
                "X-Forwarded-Port: 444",
                "X-Forwarded-Prefix: /app",
                "Forwarded: for=1.2.3.4;proto=https;host=b.example",
                "X-Forwarded-Proto: nonsense"
            })
    void whatStrangersSayIsDeleted(String field) throws Exception {
        String variable = "HTTP_"
                + field.substring(0, field.indexOf(':'))
                        .toUpperCase(Locale.ROOT)
                        .replace('-', '_');
        assertEquals(
                "- 127.0.0.1 http - a.example 127.0.0.1 ",
                shown(
                        "10.0.0.0/8",
                        variable + "&REMOTE_ADDR&wsgi.url_scheme&HTTPS&HTTP_HOST&SERVER_NAME&SCRIPT_NAME",
                        field));
    }

    @Test
    void otherFieldsOfThatFamilyAreDeletedToo() throws Exception {
        String fields = "X-Forwarded-Ssl: on|X-Forwarded-By: x|X-Forward: x";
        String variables = "HTTP_X_FORWARDED_SSL&HTTP_X_FORWARDED_BY&HTTP_X_FORWARD";
        assertEquals("- - x", shown("10.0.0.0/8", variables, fields));
        assertEquals("on x x", shown("127.0.0.1", variables, fields));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "1.2.3.4; 1.2.3.4 -",
                "'9.9.9.9, 1.2.3.4'; 1.2.3.4 -", // the left one came with the client
                "'junk, 1.2.3.4'; 1.2.3.4 -",
                "'9.9.9.9, 1.2.3.4, 10.1.1.1, 127.0.0.1'; 1.2.3.4 -",
                "'10.2.2.2, 10.1.1.1'; 10.2.2.2 -", // a request of a proxy itself
                "'1.2.3.4,, '; 1.2.3.4 -",
                "1.2.3.4:5678; 1.2.3.4 5678",
                "2001:DB8:0::1; 2001:db8::1 -",
                "[2001:db8::1]:5678; 2001:db8::1 5678",
                "::ffff:1.2.3.4; 1.2.3.4 -",
                "unknown; ' -'",
                "'1.2.3.4, _hidden, 10.1.1.1'; ' -'",
            })
    void addressesAreWalkedFromTheRight(String value, String expected) throws Exception {
        String shown = shown("127.0.0.1,10.0.0.0/8", "REMOTE_ADDR&REMOTE_PORT", "X-Forwarded-For: " + value);
        assertEquals(expected, shown);
    }

    @Test
    void severalLinesAreOneList() throws Exception {
        String fields = "X-Forwarded-For: 9.9.9.9|X-Forwarded-For: 1.2.3.4|X-Forwarded-For: 127.0.0.1";
        assertEquals("1.2.3.4", shown("127.0.0.1", "REMOTE_ADDR", fields));
    }

    @Test
    void whoTrustsAnyoneTakesTheLastAddress() throws Exception {
        assertEquals("1.2.3.4", shown("*", "REMOTE_ADDR", "X-Forwarded-For: 9.9.9.9, 1.2.3.4"));
        assertEquals("9.9.9.9", shown("*,1.2.3.4", "REMOTE_ADDR", "X-Forwarded-For: 8.8.8.8, 9.9.9.9, 1.2.3.4"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "X-Forwarded-Proto: https; https on 443 a.example",
                "X-Forwarded-Proto: HTTPS; https on 443 a.example",
                "'X-Forwarded-Proto: http, https'; https on 443 a.example",
                "X-Forwarded-Proto: http; http - 80 a.example",
                "X-Forwarded-Proto: wss; https on 443 a.example",
                "Host: b.example:8443|X-Forwarded-Proto: https; https on 8443 b.example:8443",
                "X-Forwarded-Host: b.example; http - 80 b.example",
                "X-Forwarded-Host: b.example:81; http - 81 b.example:81",
                "X-Forwarded-Host: [::1]:81; http - 81 [::1]:81",
                "X-Forwarded-Host: [::1]; http - 80 [::1]",
                "X-Forwarded-Port: 81; http - 81 a.example:81",
                "X-Forwarded-Port: 80; http - 80 a.example",
                "X-Forwarded-Proto: https|X-Forwarded-Port: 443; https on 443 a.example",
                "Host: a.example:8080|X-Forwarded-Port: 80; http - 80 a.example:8080",
            })
    void schemeHostAndPort(String fields, String expected) throws Exception {
        assertEquals(expected, shown("127.0.0.1", "wsgi.url_scheme&HTTPS&SERVER_PORT&HTTP_HOST", fields));
    }

    @Test
    void anEmptyFieldSaysNothing() throws Exception {
        String fields = "X-Forwarded-For:|X-Forwarded-Proto:|X-Forwarded-Host:|X-Forwarded-Port:|X-Forwarded-Prefix:";
        assertEquals(
                "127.0.0.1 http a.example ",
                shown("127.0.0.1", "REMOTE_ADDR&wsgi.url_scheme&HTTP_HOST&SCRIPT_NAME", fields));
    }

    @ParameterizedTest
    @CsvSource({"/app, /app", "/app/, /app", "/, ''", "/a/b%20c, /a/b%20c", "'/x, /app', /app"})
    void prefix(String value, String expected) throws Exception {
        assertEquals(expected + " /path", shown("127.0.0.1", "SCRIPT_NAME&PATH_INFO", "X-Forwarded-Prefix: " + value));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "for=1.2.3.4 1.2.3.4 - http a.example",
                "For=1.2.3.4;Proto=https;HOST=b.example 1.2.3.4 - https b.example",
                "'for=9.9.9.9;proto=http, for=1.2.3.4;proto=https;host=b.example, for=10.1.1.1;proto=http;host=c' "
                        + "1.2.3.4 - https b.example",
                "for=\"1.2.3.4:99\" 1.2.3.4 99 http a.example",
                "for=\"[2001:db8::1]:99\";by=_x 2001:db8::1 99 http a.example",
                "for=\"[2001:db8::1]:_p\" 2001:db8::1 - http a.example",
                "for=\"\\1.2.3\\.4\" 1.2.3.4 - http a.example",
                "for=unknown;proto=https '' - https a.example",
                "for=_gazonk '' - http a.example",
                "proto=https 127.0.0.1 * https a.example",
                "';for=1.2.3.4; ;proto=https;' 1.2.3.4 - https a.example",
                "for=1.2.3.4;host=\"b.example:81\";ext=\"a,b;c\" 1.2.3.4 - http b.example:81",
            })
    void forwarded(String value, String address, String port, String scheme, String host) throws Exception {
        String variables = "REMOTE_ADDR&wsgi.url_scheme&HTTP_HOST" + (port.equals("*") ? "" : "&REMOTE_PORT");
        String expected = address + " " + scheme + " " + host + (port.equals("*") ? "" : " " + port);
        assertEquals(expected, shown("127.0.0.1,10.0.0.0/8", variables, "Forwarded: " + value));
    }

    /** Proxies that set X-Forwarded-* mostly hand on what the client sent as Forwarded. */
    @Test
    void forwardedIsNotLookedAtBesideTheOthers() throws Exception {
        String fields = "Forwarded: for=9.9.9.9;proto=https|X-Forwarded-For: 1.2.3.4";
        assertEquals(
                "1.2.3.4 http - 1.2.3.4",
                shown("127.0.0.1", "REMOTE_ADDR&wsgi.url_scheme&HTTP_FORWARDED&HTTP_X_FORWARDED_FOR", fields));
    }

    @Test
    void fieldsThatTheProxyDoesNotSetAreDeleted() throws Exception {
        Proxies proxies = new Proxies(
                Networks.LOOPBACK, Set.of(Proxies.Field.FORWARDED), Proxies.Protocol.OFF, Networks.LOOPBACK, "");
        Response response =
                ask(proxies, "REMOTE_ADDR&HTTP_X_FORWARDED_FOR", "X-Forwarded-For: 9.9.9.9|Forwarded: for=1.2.3.4");
        assertEquals("1.2.3.4 -", response.text());
    }

    /** Without it the request would pass for one of the proxy's own. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For: junk",
                "X-Forwarded-For: 1.2.3.4, junk",
                "X-Forwarded-For: junk, 127.0.0.1",
                "X-Forwarded-For: 1.2.3.04",
                "X-Forwarded-For: 1.2.3.4:99999",
                "X-Forwarded-For: 1.2.3.4:",
                "X-Forwarded-For: [::1",
                "X-Forwarded-For: [1.2.3.4]",
                "X-Forwarded-For: [::1]x",
                "X-Forwarded-For: fe80::1%eth0",
                "X-Forwarded-Proto: ftp",
                "X-Forwarded-Host: a b",
                "X-Forwarded-Host: a/b",
                "X-Forwarded-Host: a:99999",
                "X-Forwarded-Port: 0",
                "X-Forwarded-Port: 65536",
                "X-Forwarded-Port: +80",
                "X-Forwarded-Prefix: app",
                "X-Forwarded-Prefix: //evil.example",
                "X-Forwarded-Prefix: /a?b",
                "Forwarded: for",
                "Forwarded: for=",
                "Forwarded: for =1.2.3.4",
                "Forwarded: for=1.2.3.4 proto=https",
                "Forwarded: for=1.2.3.4:80",
                "Forwarded: for=[::1]",
                "Forwarded: for=\"::1\"",
                "Forwarded: for=1.2.3.4;for=5.6.7.8",
                "Forwarded: for=\"1.2.3.4",
                "Forwarded: for=\"1.2.3.4\\",
                "Forwarded: for=\"x, for=1.2.3.4;proto=https", // the client's quote would swallow the proxy's word
                "Forwarded: for=1.2.3.4;proto=ftp",
                "Forwarded: for=1.2.3.4;host=\"a b\"",
                "Forwarded: ,",
            })
    void whatATrustedPeerGarblesIsRefused(String field) throws Exception {
        Response response = ask(trusting("127.0.0.1"), "REMOTE_ADDR", field);
        assertEquals(400, response.code());
        assertTrue(response.text().contains("orwarded"), response.text());
    }

    @ParameterizedTest
    @CsvSource({
        "/app/x, /app /x",
        "/app, '/app '",
        "/app/, /app /",
        "/x, /app /x", // the proxy cut it
        "/apple, /app /apple",
        "/%61pp/x, /app /x",
        "/app%2Fx, /app /x",
    })
    void rootPath(String path, String expected) throws Exception {
        Proxies proxies = new Proxies(Networks.LOOPBACK, Set.of(), Proxies.Protocol.OFF, Networks.LOOPBACK, "/app");
        try (Running running = Running.start(SHOW, Settings.DEFAULT.proxies(proxies));
                Client client = running.connect()) {
            assertEquals(expected, client.get(path + "?SCRIPT_NAME&PATH_INFO").text());
        }
    }
}
