package dev.pausa.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Requests that are right, in the order of RFC 9112. A table has the bytes of a case and, behind {@code =>}, what is read. */
class RequestReaderTest {
    private static Stream<DynamicTest> cases(String table) {
        List<String> lines = table.lines().toList();
        return Stream.iterate(0, i -> i < lines.size(), i -> i + 2)
                .map(i -> DynamicTest.dynamicTest(lines.get(i), () -> check(lines.get(i), lines.get(i + 1))));
    }

    private static void check(String wire, String line) {
        String expected = line.substring("=> ".length());
        assertEquals(expected, Wire.read(wire));
        if (expected.endsWith("end")) {
            assertEquals(expected + "; " + Wire.TAIL_READ, Wire.read(wire + Wire.TAIL), "with a tail");
        }
    }

    @TestFactory
    @DisplayName("2.2 Message parsing")
    Stream<DynamicTest> messageParsing() {
        return cases("""
            GET / HTTP/1.1⏎Host: a⏎⏎
            => GET / ORIGIN 1.1 [Host: a] None keep-alive; end
            ⏎GET / HTTP/1.1⏎Host: a⏎⏎
            => GET / ORIGIN 1.1 [Host: a] None keep-alive; end
            ⏎
            => nothing
            GET / HTTP/1.1⏎Host: a⏎
            => ...
            G
            => ...
            GET / HTTP/1.1⏎Host: a⏎⏎⏎POST / HTTP/1.1⏎Host: b⏎Content-Length: 1⏎⏎x
            => GET / ORIGIN 1.1 [Host: a] None keep-alive; end; POST / ORIGIN 1.1 [Host: b, Content-Length: 1] Length 1 keep-alive; data x; end
            """);
    }

    @TestFactory
    @DisplayName("2.3 HTTP version: a higher minor version is processed as the highest one known")
    Stream<DynamicTest> version() {
        return cases("""
            GET / HTTP/1.0⏎⏎
            => GET / ORIGIN 1.0 [] None close; end
            GET / HTTP/1.2⏎Host: a⏎⏎
            => GET / ORIGIN 1.1 [Host: a] None keep-alive; end
            GET / HTTP/1.9⏎Host: a⏎⏎
            => GET / ORIGIN 1.1 [Host: a] None keep-alive; end
            """);
    }

    @TestFactory
    @DisplayName("3.1 Method: any token, case-sensitive")
    Stream<DynamicTest> method() {
        return cases("""
            get / HTTP/1.0⏎⏎
            => get / ORIGIN 1.0 [] None close; end
            M-SEARCH / HTTP/1.0⏎⏎
            => M-SEARCH / ORIGIN 1.0 [] None close; end
            !#$%&'*+-.^_`|~09azAZ / HTTP/1.0⏎⏎
            => !#$%&'*+-.^_`|~09azAZ / ORIGIN 1.0 [] None close; end
            """);
    }

    @Test
    @DisplayName("3.1 Method: the common ones are shared")
    void commonMethodsAreShared() {
        for (String method : new String[] {"GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "PATCH"}) {
            RequestReader reader = new RequestReader(HeadLimits.DEFAULT);
            RequestHead head = (RequestHead) reader.next(ByteBuffer.wrap(Wire.bytes(method + " / HTTP/1.0⏎⏎")));
            assertSame(method, head == null ? null : head.method());
        }
    }

    @TestFactory
    @DisplayName("3.2 Request target: its four forms")
    Stream<DynamicTest> target() {
        return cases("""
            GET /a/b;c?d=[e]&f={g|h}^\\`'"<>%zz HTTP/1.0⏎⏎
            => GET /a/b;c?d=[e]&f={g|h}^\\`'"<>%zz ORIGIN 1.0 [] None close; end
            GET // HTTP/1.0⏎⏎
            => GET // ORIGIN 1.0 [] None close; end
            GET http://a/ HTTP/1.1⏎Host: A⏎⏎
            => GET http://a/ ABSOLUTE 1.1 [Host: A] None keep-alive; end
            GET HTTPS://u.example:8080?q HTTP/1.1⏎Host: u.example:8080⏎⏎
            => GET HTTPS://u.example:8080?q ABSOLUTE 1.1 [Host: u.example:8080] None keep-alive; end
            OPTIONS http://[::1] HTTP/1.0⏎⏎
            => OPTIONS http://[::1] ABSOLUTE 1.0 [] None close; end
            CONNECT a:443 HTTP/1.1⏎Host: a⏎⏎
            => CONNECT a:443 AUTHORITY 1.1 [Host: a] None keep-alive; end
            CONNECT [::1]:80 HTTP/1.0⏎⏎
            => CONNECT [::1]:80 AUTHORITY 1.0 [] None close; end
            OPTIONS * HTTP/1.1⏎Host:⏎⏎
            => OPTIONS * ASTERISK 1.1 [Host: ] None keep-alive; end
            """);
    }

    @TestFactory
    @DisplayName("5 Field syntax")
    Stream<DynamicTest> fields() {
        return cases("""
            GET / HTTP/1.0⏎A:b⏎C:␉ d ␉⏎E:⏎F: ⏎⏎
            => GET / ORIGIN 1.0 [A: b, C: d, E: , F: ] None close; end
            GET / HTTP/1.0⏎A: b:c "d"␉é ÿ⏎A: 2⏎⏎
            => GET / ORIGIN 1.0 [A: b:c "d"␉é ÿ, A: 2] None close; end
            GET / HTTP/1.0⏎!#$%&'*+-.^_`|~09azAZ: x⏎⏎
            => GET / ORIGIN 1.0 [!#$%&'*+-.^_`|~09azAZ: x] None close; end
            """);
    }

    @TestFactory
    @DisplayName("6.2 Content-Length")
    Stream<DynamicTest> contentLength() {
        return cases("""
            POST / HTTP/1.1⏎Host: a⏎content-LENGTH: 5⏎⏎12345
            => POST / ORIGIN 1.1 [Host: a, content-LENGTH: 5] Length 5 keep-alive; data 12345; end
            POST / HTTP/1.1⏎Host: a⏎Content-Length: 0⏎⏎
            => POST / ORIGIN 1.1 [Host: a, Content-Length: 0] Length 0 keep-alive; end
            GET / HTTP/1.0⏎Content-Length: 003⏎⏎⏎␀
            => GET / ORIGIN 1.0 [Content-Length: 003] Length 3 close; data ⏎␀; end
            PUT / HTTP/1.0⏎Content-Length: 9223372036854775807⏎⏎ab
            => PUT / ORIGIN 1.0 [Content-Length: 9223372036854775807] Length 9223372036854775807 close; data ab; ...
            """);
    }

    @TestFactory
    @DisplayName("7.1 Chunked transfer coding")
    Stream<DynamicTest> chunked() {
        return chunkedCases("""
            0⏎⏎
            => end
            5⏎12345⏎0⏎⏎
            => data 12345; end
            05⏎⏎␍␊x⏎A⏎0123456789⏎000⏎⏎
            => data ⏎⏎x0123456789; end
            a⏎0123456789⏎0000000000000001⏎x⏎0000000000000000⏎⏎
            => data 0123456789x; end
            7fffffffffffffff⏎abc
            => data abc; ...
            5⏎12345
            => data 12345; ...
            5⏎12345⏎0⏎
            => data 12345; ...
            """);
    }

    @TestFactory
    @DisplayName("7.1.1 Chunk extensions are ignored")
    Stream<DynamicTest> chunkExtensions() {
        return chunkedCases("""
            1;a⏎x⏎0;b=c⏎⏎
            => data x; end
            1;a=b;c="d;\\"␉é ";e⏎x⏎0⏎⏎
            => data x; end
            1 ␉; ␉a ␉= ␉b ␉; c ; d=""⏎x⏎0 ;a⏎⏎
            => data x; end
            """);
    }

    @TestFactory
    @DisplayName("7.1.2 Trailer fields are dropped")
    Stream<DynamicTest> trailers() {
        return chunkedCases("""
            1⏎x⏎0⏎Digest: abc⏎X-Y:⏎⏎
            => data x; end
            0⏎A:b⏎⏎
            => end
            0⏎A:b⏎
            => ...
            """);
    }

    private static Stream<DynamicTest> chunkedCases(String table) {
        String head = "POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: Chunked⏎⏎";
        String read = "POST / ORIGIN 1.1 [Host: a, Transfer-Encoding: Chunked] Chunked keep-alive; ";
        return cases(table.lines()
                .map(line -> line.startsWith("=> ") ? "=> " + read + line.substring(3) : head + line)
                .collect(Collectors.joining("\n")));
    }

    @TestFactory
    @DisplayName("9.3 Persistence")
    Stream<DynamicTest> persistence() {
        return cases("""
            GET / HTTP/1.1⏎Host: a⏎Connection: CLOSE⏎⏎
            => GET / ORIGIN 1.1 [Host: a, Connection: CLOSE] None close; end
            GET / HTTP/1.1⏎Host: a⏎Connection: upgrade, , close⏎⏎
            => GET / ORIGIN 1.1 [Host: a, Connection: upgrade, , close] None close; end
            GET / HTTP/1.1⏎Host: a⏎Connection: foreclose, closed⏎⏎
            => GET / ORIGIN 1.1 [Host: a, Connection: foreclose, closed] None keep-alive; end
            GET / HTTP/1.0⏎Connection: Keep-Alive⏎⏎
            => GET / ORIGIN 1.0 [Connection: Keep-Alive] None keep-alive; end
            GET / HTTP/1.0⏎Connection: x␉,keep-alive⏎Connection: close⏎⏎
            => GET / ORIGIN 1.0 [Connection: x␉,keep-alive, Connection: close] None close; end
            GET / HTTP/1.0⏎Connection:⏎⏎
            => GET / ORIGIN 1.0 [Connection: ] None close; end
            """);
    }

    @TestFactory
    @DisplayName("RFC 9110, 10.1.1 Expect: only where a body is awaited, and not in HTTP/1.0")
    Stream<DynamicTest> expect() {
        return cases("""
            POST / HTTP/1.1⏎Host: a⏎Expect: 100-Continue⏎Content-Length: 1⏎⏎x
            => POST / ORIGIN 1.1 [Host: a, Expect: 100-Continue, Content-Length: 1] Length 1 keep-alive expect; data x; end
            GET / HTTP/1.1⏎Host: a⏎Expect: 100-continue⏎⏎
            => GET / ORIGIN 1.1 [Host: a, Expect: 100-continue] None keep-alive; end
            POST / HTTP/1.0⏎Expect: 100-continue⏎Content-Length: 1⏎⏎x
            => POST / ORIGIN 1.0 [Expect: 100-continue, Content-Length: 1] Length 1 close; data x; end
            """);
    }

    @Test
    @DisplayName("A head offers its parts as offsets and as text")
    void partsOfAHead() {
        ByteBuffer input = ByteBuffer.wrap(Wire.bytes("⏎GET /x HTTP/1.1⏎Host:  a ⏎B: c⏎⏎rest"));
        RequestHead head = (RequestHead) Objects.requireNonNull(new RequestReader(HeadLimits.DEFAULT).next(input));
        assertEquals("rest".length(), input.remaining());
        assertEquals("GET /x HTTP/1.1\r\nHost:  a \r\nB: c\r\n\r\n", new String(head.bytes(), ISO_8859_1));
        assertEquals("/x", new String(head.bytes(), head.targetOffset(), head.targetLength(), ISO_8859_1));
        assertEquals("Host", new String(head.bytes(), head.nameOffset(0), head.nameLength(0), ISO_8859_1));
        assertEquals("a", new String(head.bytes(), head.valueOffset(0), head.valueLength(0), ISO_8859_1));
        assertEquals("a", head.value("hOST"));
        assertEquals("c", head.value("b"));
        assertNull(head.value("none"));
        assertEquals("GET /x HTTP/1.1", head.toString());
    }

    @Test
    @DisplayName("A head with many fields, in many buffers")
    void manyFields() {
        String fields = IntStream.range(0, 100)
                .mapToObj(i -> "X-" + i + ": " + "v".repeat(i) + "⏎")
                .collect(Collectors.joining());
        String read = Wire.read("GET / HTTP/1.0⏎" + fields + "⏎" + Wire.TAIL);
        assertTrue(read.contains("X-99: " + "v".repeat(99) + "]"), read);
        assertTrue(read.endsWith("end; " + Wire.TAIL_READ), read);
    }
}
