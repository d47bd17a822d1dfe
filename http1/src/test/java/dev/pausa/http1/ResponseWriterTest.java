package dev.pausa.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseWriterTest {
    private final ResponseWriter writer = new ResponseWriter();

    private void assertWritten(String wire) {
        assertEquals(
                new String(Wire.bytes(wire), StandardCharsets.ISO_8859_1),
                new String(writer.array(), 0, writer.length(), StandardCharsets.ISO_8859_1));
    }

    @Test
    @DisplayName("RFC 9112, 4: status lines")
    void statusLines() {
        writer.status(1, "200 OK").finish();
        assertWritten("HTTP/1.1 200 OK⏎⏎");
        writer.clear().status(0, "404 Not Found ÿ").finish();
        assertWritten("HTTP/1.0 404 Not Found ÿ⏎⏎");
        writer.clear().status(1, "204").finish();
        assertWritten("HTTP/1.1 204 ⏎⏎");
        writer.clear().status(1, "204 ").finish();
        assertWritten("HTTP/1.1 204 ⏎⏎");
    }

    @Test
    @DisplayName("RFC 9112, 5 and 6: fields and framing, as said and in that order")
    void fields() {
        writer.status(1, "200 OK")
                .field("Content-Type", "text/plain")
                .field("X", "é\t b")
                .field("Empty", "")
                .contentLength(12)
                .close()
                .finish();
        assertWritten(
                "HTTP/1.1 200 OK⏎Content-Type: text/plain⏎X: é␉ b⏎Empty: ⏎Content-Length: 12⏎Connection: close⏎⏎");
        writer.clear().status(0, "200 OK").keepAlive().chunked().finish();
        assertWritten("HTTP/1.0 200 OK⏎Connection: keep-alive⏎Transfer-Encoding: chunked⏎⏎");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 9, 10, 99, 100, 12345, Integer.MAX_VALUE, Long.MAX_VALUE})
    void contentLengths(long length) {
        writer.status(1, "200 OK").contentLength(length).finish();
        assertWritten("HTTP/1.1 200 OK⏎Content-Length: " + length + "⏎⏎");
    }

    @ParameterizedTest
    @CsvSource({"1,1", "9,9", "10,a", "15,f", "16,10", "255,ff", "256,100", "65536,10000"})
    @DisplayName("RFC 9112, 7.1: chunk sizes")
    void chunkSizes(long size, String hex) {
        writer.chunk(size).chunkEnd().lastChunk();
        assertWritten(hex + "⏎⏎0⏎⏎");
    }

    @Test
    void theLargestChunk() {
        writer.chunk(Long.MAX_VALUE);
        assertWritten("7fffffffffffffff⏎");
    }

    @Test
    @DisplayName("What is written accumulates, across growth, until it is cleared")
    void accumulates() {
        StringBuilder expected = new StringBuilder("HTTP/1.1 100 Continue⏎⏎HTTP/1.1 200 OK⏎");
        writer.interimContinue().status(1, "200 OK");
        for (int i = 0; i < 300; i++) {
            writer.field("X-" + i, "v".repeat(i));
            expected.append("X-").append(i).append(": ").append("v".repeat(i)).append('⏎');
        }
        writer.finish().chunk(3);
        assertWritten(expected + "⏎3⏎");
        writer.clear().lastChunk();
        assertWritten("0⏎⏎");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "20",
                "2x0 OK",
                "200OK",
                "2000",
                "-20 OK",
                " 200 OK",
                "²00 OK",
                "200 OK⏎X: y",
                "200 ␍",
                "200 €"
            })
    @DisplayName("No status gets out that is not one line")
    void badStatus(String status) {
        String raw = raw(status);
        assertThrows(IllegalArgumentException.class, () -> writer.status(1, raw));
        assertWritten("");
        writer.status(1, "200 OK").finish();
        assertWritten("HTTP/1.1 200 OK⏎⏎");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "X ", " X", "X:", "X␊", "X␍", "X␀", "É", "X\u0158"})
    @DisplayName("No field name gets out that is not a token")
    void badName(String name) {
        writer.status(1, "200 OK");
        String raw = raw(name);
        assertThrows(IllegalArgumentException.class, () -> writer.field(raw, "v"));
        writer.finish();
        assertWritten("HTTP/1.1 200 OK⏎⏎");
    }

    @ParameterizedTest
    @ValueSource(strings = {"␊", "a␍", "a⏎Set-Cookie: b", "␀", "␛", "␡", "\u010A", "\u010D", "€", "\uD83D\uDE00"})
    @DisplayName("No field value gets out with control characters or beyond ISO-8859-1")
    void badValue(String value) {
        writer.status(1, "200 OK");
        String raw = raw(value);
        assertThrows(IllegalArgumentException.class, () -> writer.field("X", raw));
        writer.finish();
        assertWritten("HTTP/1.1 200 OK⏎⏎");
    }

    /** Control pictures to control characters, all else as it is, beyond ISO-8859-1 too. */
    private static String raw(String text) {
        StringBuilder raw = new StringBuilder();
        text.chars().forEach(c -> {
            boolean control = c == '⏎' || (c >= 0x2400 && c <= 0x2421);
            raw.append(control ? new String(Wire.bytes("" + (char) c), StandardCharsets.ISO_8859_1) : "" + (char) c);
        });
        return raw.toString();
    }

    @Test
    void badNumbers() {
        assertThrows(IllegalArgumentException.class, () -> writer.status(2, "200 OK"));
        assertThrows(IllegalArgumentException.class, () -> writer.chunk(0));
        assertThrows(IllegalArgumentException.class, () -> writer.chunk(-1));
        writer.status(1, "200 OK");
        assertThrows(IllegalArgumentException.class, () -> writer.contentLength(-1));
    }

    @Test
    @DisplayName("A call in the wrong place raises and changes nothing")
    void order() {
        assertThrows(IllegalStateException.class, () -> writer.field("A", "b"));
        assertThrows(IllegalStateException.class, () -> writer.contentLength(1));
        assertThrows(IllegalStateException.class, writer::finish);
        writer.status(1, "200 OK");
        assertThrows(IllegalStateException.class, () -> writer.status(1, "200 OK"));
        assertThrows(IllegalStateException.class, () -> writer.chunk(1));
        assertThrows(IllegalStateException.class, writer::interimContinue);
        writer.finish();
        assertWritten("HTTP/1.1 200 OK⏎⏎");
    }
}
