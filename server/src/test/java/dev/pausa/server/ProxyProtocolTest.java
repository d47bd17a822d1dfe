package dev.pausa.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.server.Proxies.Protocol;
import dev.pausa.server.Running.Settings;
import dev.pausa.wsgi.Application;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The PROXY protocol, versions 1 and 2. Every test's proxy is 127.0.0.1. */
class ProxyProtocolTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final String V4 = "01020304 05060708 d431 01bb";

    private static final Application SHOW =
            (environ, start) -> Running.hello("[" + environ.get("REMOTE_ADDR") + "]:" + environ.get("REMOTE_PORT")
                            + " [" + environ.get("SERVER_NAME") + "]:" + environ.get("SERVER_PORT") + " "
                            + environ.get("wsgi.url_scheme"))
                    .call(environ, start);

    private static Settings settings(Protocol protocol, String senders, String trusted) {
        return Settings.DEFAULT.proxies(new Proxies(
                Networks.parse(trusted), EnumSet.allOf(Proxies.Field.class), protocol, Networks.parse(senders), ""));
    }

    /** What is answered to these bytes, or an empty text; {@code step} bytes are sent at a time. */
    private static String ask(Settings settings, byte[] bytes, int step) throws Exception {
        try (Running running = Running.start(SHOW, settings);
                Client client = running.connect()) {
            OutputStream out = client.socket.getOutputStream();
            try {
                for (int at = 0; at < bytes.length; at += step) {
                    out.write(bytes, at, Math.min(step, bytes.length - at));
                }
            } catch (IOException closedAlready) {
                return "";
            }
            String response = rest(client, running);
            return response.substring(response.indexOf("\r\n\r\n") + 4);
        }
    }

    private static String rest(Client client, Running running) {
        try {
            String response = client.rest();
            return response.isEmpty()
                    ? "\r\n\r\n"
                    : response.replace("127.0.0.1]:" + running.address().getPort(), "here]")
                            .replaceFirst("\\[127.0.0.1]:\\d+", "[127.0.0.1]")
                            .replaceFirst("\nRequest [0-9a-f]{32}\n$", "");
        } catch (IOException reset) {
            return "\r\n\r\n";
        }
    }

    private static byte[] line(String line) {
        return line.replace("^", "\r\n").concat(GET).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A binary header of this version and command, family and rest in hexadecimal digits, and a request. */
    private static byte[] binary(String command, String family, String rest) {
        String digits = rest.replace(" ", "");
        byte[] header = HexFormat.of()
                .parseHex(SIGNATURE
                        + command
                        + family
                        + HexFormat.of().toHexDigits((short) (digits.length() / 2))
                        + digits);
        var out = new ByteArrayOutputStream();
        out.writeBytes(header);
        out.writeBytes(GET.getBytes(StandardCharsets.ISO_8859_1));
        return out.toByteArray();
    }

    private static String ask(byte[] bytes) throws Exception {
        Settings settings = settings(Protocol.AUTO, "127.0.0.1", "127.0.0.1");
        String whole = ask(settings, bytes, bytes.length);
        assertEquals(whole, ask(settings, bytes, 1), "byte by byte");
        return whole;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PROXY TCP4 1.2.3.4 5.6.7.8 54321 443^ | [1.2.3.4]:54321 [5.6.7.8]:443 http",
                "PROXY TCP6 2001:db8::1 ::2 54321 443^ | [2001:db8::1]:54321 [::2]:443 http",
                "PROXY UNKNOWN^                        | []:null [here] http",
                "PROXY UNKNOWN whatever it is^         | []:null [here] http",
            })
    void version1(String line, String expected) throws Exception {
        assertEquals(expected, ask(line(line)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // a request without a header
                "PROXY^",
                "PROXY ^",
                "proxy TCP4 1.2.3.4 5.6.7.8 1 2^",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1^",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3^",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1 2 ^",
                "PROXY TCP4  1.2.3.4 5.6.7.8 1 2^",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1 65536^",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1 +2^",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1 02^",
                "PROXY TCP4 1.2.3.04 5.6.7.8 1 2^",
                "PROXY TCP4 1.2.3 5.6.7.8 1 2^",
                "PROXY TCP4 ::1 ::2 1 2^",
                "PROXY TCP6 1.2.3.4 5.6.7.8 1 2^",
                "PROXY TCP5 1.2.3.4 5.6.7.8 1 2^",
                "PROXY TCP4 localhost 5.6.7.8 1 2^",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n",
                "PROXY UNKNOWN xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx^"
            })
    void version1Malformed(String line) throws Exception {
        assertEquals("", ask(line(line)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "21 | 11 | 01020304 05060708 d431 01bb                     | [1.2.3.4]:54321 [5.6.7.8]:443 http",
                "21 | 11 | 01020304 05060708 d431 01bb 04 0002 ffff        | [1.2.3.4]:54321 [5.6.7.8]:443 http",
                "21 | 11 | 01020304 05060708 d431 01bb 20 0005 01 00000000 | [1.2.3.4]:54321 [5.6.7.8]:443 https",
                "21 | 11 | 01020304 05060708 d431 01bb 20 0005 00 00000000 | [1.2.3.4]:54321 [5.6.7.8]:443 http",
                "20 | 11 | 01020304 05060708 d431 01bb                     | [127.0.0.1] [here] http",
                "20 | 00 | ''                                              | [127.0.0.1] [here] http",
                "21 | 00 | ''                                              | []:null [here] http",
            })
    void version2(String command, String family, String rest, String expected) throws Exception {
        assertEquals(expected, ask(binary(command, family, rest)));
    }

    @Test
    void anHttpsTargetNeedsAClientWithTls_9110_7_4() throws Exception {
        String target = "GET https://a/ HTTP/1.1";
        String tls = new String(binary("21", "11", V4 + "20 0005 01 00000000"), StandardCharsets.ISO_8859_1);
        String plain = new String(binary("21", "11", V4), StandardCharsets.ISO_8859_1);
        assertEquals(
                "[1.2.3.4]:54321 [5.6.7.8]:443 https",
                ask(tls.replace("GET / HTTP/1.1", target).getBytes(StandardCharsets.ISO_8859_1)));
        assertEquals(
                "421 Misdirected Request\n\n"
                        + "The request was refused: an https target on a connection without TLS (RFC 9110, 7.4).",
                ask(plain.replace("GET / HTTP/1.1", target).getBytes(StandardCharsets.ISO_8859_1)));
    }

    @Test
    void version2WithIpv6() throws Exception {
        String addresses = "20010db8000000000000000000000001" + "00000000000000000000000000000002" + "d431" + "01bb";
        assertEquals("[2001:db8::1]:54321 [::2]:443 http", ask(binary("21", "21", addresses)));
    }

    @Test
    void version2WithUnixSockets() throws Exception {
        assertEquals("[]:null [here] http", ask(binary("21", "31", "2f".repeat(216))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "11 | 11 | " + V4,
                "22 | 11 | " + V4,
                "21 | 12 | " + V4, // datagrams
                "21 | 41 | " + V4,
                "21 | 11 | 01020304",
                "21 | 21 | " + V4,
                "21 | 31 | " + V4,
                "21 | 11 | " + V4 + " 04",
                "21 | 11 | " + V4 + " 04 0003 ffff",
            })
    void version2Malformed(String command, String family, String rest) throws Exception {
        assertEquals("", ask(binary(command, family, rest)));
    }

    @Test
    void version2TooLong() throws Exception {
        assertEquals("", ask(binary("20", "00", "00".repeat(4097))));
    }

    @ParameterizedTest
    @EnumSource(names = {"V1", "V2"})
    void theOtherVersionIsRefused(Protocol protocol) throws Exception {
        Settings settings = settings(protocol, "127.0.0.1", "");
        byte[] first = line("PROXY TCP4 1.2.3.4 5.6.7.8 54321 443^");
        byte[] second = binary("21", "11", V4);
        String expected = "[1.2.3.4]:54321 [5.6.7.8]:443 http";
        assertEquals(protocol == Protocol.V1 ? expected : "", ask(settings, first, first.length));
        assertEquals(protocol == Protocol.V2 ? expected : "", ask(settings, second, second.length));
    }

    @Test
    void strangersAreRefused() throws Exception {
        byte[] bytes = line("PROXY TCP4 1.2.3.4 5.6.7.8 54321 443^");
        assertEquals("", ask(settings(Protocol.AUTO, "10.0.0.0/8", "*"), bytes, bytes.length));
    }

    /** A proxy that hands on bytes does not see the fields: they are the client's. */
    @Test
    void fieldsAreBelievedByWhereTheConnectionComesFrom() throws Exception {
        byte[] bytes = "PROXY TCP4 1.2.3.4 5.6.7.8 54321 443\r\n"
                .concat(GET.replace("Host", "X-Forwarded-For: 9.9.9.9\r\nHost"))
                .getBytes(StandardCharsets.ISO_8859_1);
        String own = "[1.2.3.4]:54321 [5.6.7.8]:443 http";
        String forwarded = "[9.9.9.9]:null [5.6.7.8]:443 http";
        assertEquals(own, ask(settings(Protocol.V1, "127.0.0.1", "127.0.0.1"), bytes, bytes.length));
        assertEquals(forwarded, ask(settings(Protocol.V1, "127.0.0.1", "1.2.3.4"), bytes, bytes.length));
    }

    @Test
    void aHeaderThatDoesNotComeIsNotWaitedForLonger() throws Exception {
        Duration late = Duration.ofSeconds(60);
        var timeouts = new Timeouts(Duration.ofMillis(200), late, late, late, late, late, late, late);
        Settings settings = settings(Protocol.AUTO, "127.0.0.1", "").timeouts(timeouts);
        long began = System.nanoTime();
        assertEquals("", ask(settings, "PROXY TC".getBytes(StandardCharsets.ISO_8859_1), 1));
        assertTrue(Duration.ofNanos(System.nanoTime() - began).toSeconds() < 8); // of the client's patience of 10
    }
}
