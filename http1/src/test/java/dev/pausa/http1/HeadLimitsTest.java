package dev.pausa.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What just fits is read, and one byte or field more is refused, whatever else is wrong behind it. */
class HeadLimitsTest {
    private static final HeadLimits LIMITS = new HeadLimits(16, 3, 12, 34, 4);

    private static void fits(String wire) {
        String read = Wire.read(wire + Wire.TAIL, HeadLimits.DEFAULT);
        assertEquals(read.replace("; " + Wire.TAIL_READ, ""), Wire.read(wire, LIMITS));
    }

    private static void refused(int status, String wire) {
        assertEquals(status, Wire.refusal(wire, LIMITS).status());
    }

    @Test
    @DisplayName("RFC 9112, 3: a request line")
    void requestLine() {
        fits("GET /12 HTTP/1.0⏎⏎");
        refused(414, "GET /123 HTTP/1.0⏎");
        refused(414, "GET /123456789012");
        refused(414, "GET /12345678901␀");
        refused(414, "GETGETGETGETGETGE");
        refused(400, "GET /1234567890␀");
        refused(400, "GET /12 HTTP/1.0␍␍");
    }

    @Test
    @DisplayName("RFC 6585, 5: a field line")
    void fieldLine() {
        fits("GET / HTTP/1.0⏎A: 123456789⏎⏎");
        refused(431, "GET / HTTP/1.0⏎A: 1234567890");
        refused(431, "GET / HTTP/1.0⏎A: 123456789 ⏎");
        refused(431, "GET / HTTP/1.0⏎ABCDEFGHIJKLM");
        refused(431, "GET / HTTP/1.0⏎A:           ");
        refused(431, "GET / HTTP/1.0⏎A: 123456789␀");
        refused(400, "GET / HTTP/1.0⏎A: 12345678␀");
    }

    @Test
    @DisplayName("RFC 6585, 5: the number of field lines")
    void fields() {
        fits("GET / HTTP/1.0⏎A: 1⏎B: 2⏎C: 3⏎⏎");
        refused(431, "GET / HTTP/1.0⏎A: 1⏎B: 2⏎C: 3⏎D");
        refused(431, "GET / HTTP/1.0⏎A: 1⏎B: 2⏎C: 3⏎␀");
    }

    @Test
    @DisplayName("RFC 6585, 5: all field lines together")
    void headSize() {
        fits("GET / HTTP/1.0⏎A: 34567890⏎B: 34567890⏎C: 456⏎⏎");
        refused(431, "GET / HTTP/1.0⏎A: 34567890⏎B: 34567890⏎C: 4567⏎");
        refused(431, "GET / HTTP/1.0⏎A: 34567890⏎B: 34567890⏎C: 456789");
        refused(431, "GET / HTTP/1.0⏎A: 34567890⏎B: 34567890⏎C: 45678␀");
        refused(400, "GET / HTTP/1.0⏎A: 34567890⏎B: 34567890⏎C: 4567␀");
    }

    @Test
    @DisplayName("RFC 9112, 7.1.1 and 7.1.2: chunk extensions of all chunks, trailer fields")
    void chunked() {
        HeadLimits limits = new HeadLimits(100, 3, 100, 100, 4);
        String head = "POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked⏎⏎";
        assertTrue(Wire.read(head + "1;a⏎x⏎0;b⏎A:1⏎B:2⏎C:3⏎⏎", limits).endsWith("data x; end"));
        assertEquals(413, Wire.refusal(head + "1;a⏎x⏎0;bc", limits).status());
        assertEquals(413, Wire.refusal(head + "1 \t  ;", limits).status());
        assertEquals(431, Wire.refusal(head + "0⏎A:1⏎B:2⏎C:3⏎D", limits).status());
        assertEquals(431, Wire.refusal(head + "0⏎A:" + "1".repeat(99), limits).status());
    }

    @Test
    @DisplayName("The default is what gunicorn takes, and a longer request line")
    void defaults() {
        assertEquals(8190, HeadLimits.DEFAULT.requestLine());
        String line = "GET /" + "x".repeat(8190 - "GET / HTTP/1.0".length()) + " HTTP/1.0⏎";
        String field = "A: " + "v".repeat(8187) + "⏎";
        assertTrue(Wire.read(line + field.repeat(8) + "⏎").endsWith("end"));
        assertEquals(
                431,
                Wire.refusal(line + field.repeat(8) + "A", HeadLimits.DEFAULT).status());
    }
}
