package dev.pausa.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Bytes that must be refused, in the order of RFC 9112. A line of a table: status, words of the reason, bytes. */
class RefusalTest {
    private static Stream<DynamicTest> cases(String table) {
        return table.lines().map(line -> {
            String[] columns = line.split(" +\\| ", 3);
            return DynamicTest.dynamicTest(line, () -> check(Integer.parseInt(columns[0]), columns[1], columns[2]));
        });
    }

    private static void check(int status, String reason, String wire) {
        Refusal refusal = Wire.refusal(wire, HeadLimits.DEFAULT);
        assertEquals(status, refusal.status(), refusal.toString());
        assertTrue(refusal.reason().contains(reason), refusal.toString());
        assertTrue(refusal.rule().matches("RFC \\d+, [\\d.]+"), refusal.rule());
        assertFalse(refusal.reason().chars().anyMatch(c -> c < 0x20 || c > 0x7E), refusal.reason());
    }

    @TestFactory
    @DisplayName("2.2 Message parsing: line ends, empty lines, white space before fields")
    Stream<DynamicTest> messageParsing() {
        return cases("""
            400 | line feed       | ␊GET / HTTP/1.1⏎Host: a⏎⏎
            400 | carriage return | ⏎⏎GET / HTTP/1.1⏎Host: a⏎⏎
            400 | carriage return | ␍GET / HTTP/1.1⏎Host: a⏎⏎
            400 | carriage return | ␍␍
            400 | line feed       | GET␊
            400 | line feed       | GET / HTTP/1.1␊Host: a⏎⏎
            400 | line feed       | GET /␊
            400 | carriage return | GET / HTTP/1.1␍Host: a⏎⏎
            400 | carriage return | GET / HTTP/1.1␍⏎Host: a⏎⏎
            400 | line feed       | GET / HTTP/1.1⏎Host: a␊⏎
            400 | line feed       | GET / HTTP/1.1⏎Host: a⏎␊
            400 | line feed       | GET / HTTP/1.1⏎Host: a⏎X␊
            400 | carriage return | GET / HTTP/1.1⏎Host: a␍X: y⏎⏎
            400 | carriage return | GET / HTTP/1.1⏎Host: a␍⏎⏎
            400 | carriage return | GET / HTTP/1.1⏎Host: a⏎␍X
            400 | carriage return | GET / HTTP/1.1⏎Host: a⏎␍␍␊
            400 | first field     | GET / HTTP/1.1⏎ Host: a⏎⏎
            400 | first field     | GET / HTTP/1.1⏎␉⏎Host: a⏎⏎
            """);
    }

    @TestFactory
    @DisplayName("2.3 HTTP version")
    Stream<DynamicTest> version() {
        return cases("""
            505 | version 2    | PRI * HTTP/2.0⏎
            505 | version 0    | GET / HTTP/0.9⏎
            505 | version 3    | GET / HTTP/3.0⏎
            400 | version      | GET / HTTP/1.1 ⏎
            400 | version      | GET / HTTP/1.10⏎
            400 | version      | GET / HTTP/1⏎
            400 | version      | GET / HTTP/1,1⏎
            400 | version      | GET / HTTP/1.x⏎
            400 | version      | GET / HTTP/+.1⏎
            400 | version      | GET / http/1.1⏎
            400 | version      | GET / HTTP 1.1⏎
            400 | version      | GET / ICY/1.1⏎
            400 | version      | GET / ⏎
            400 | version      | GET /  HTTP/1.1⏎
            400 | version      | GET / HTTP/1.␀
            400 | version      | GET /a b HTTP/1.1⏎
            400 | as in HTTP/0.9 | GET /⏎
            """);
    }

    @TestFactory
    @DisplayName("3 Request line")
    Stream<DynamicTest> requestLine() {
        return cases("""
            400 | TLS          | ␖␃␁␂␀␁␀␁
            400 | before       |  GET / HTTP/1.1⏎
            400 | before       | ⏎ / HTTP/1.1⏎
            400 | two spaces   | GET  / HTTP/1.1⏎
            400 | tab          | GET␉/ HTTP/1.1⏎
            400 | tab          | GET /␉HTTP/1.1⏎
            400 | method       | GET⏎
            400 | method       | ␀GET / HTTP/1.1⏎
            400 | 0x80         | \u0080GET / HTTP/1.1⏎
            """);
    }

    @TestFactory
    @DisplayName("3.1 Method")
    Stream<DynamicTest> method() {
        return cases("""
            400 | '/' in the method | G/T / HTTP/1.1⏎
            400 | ':' in the method | Host: a⏎
            400 | '"' in the method | "GET" / HTTP/1.1⏎
            400 | '(' in the method | GET( / HTTP/1.1⏎
            400 | 0xE9 in the method | GéT / HTTP/1.1⏎
            """);
    }

    @TestFactory
    @DisplayName("3.2 Request target")
    Stream<DynamicTest> target() {
        return cases("""
            400 | '#'          | GET /a#b HTTP/1.1⏎
            400 | NUL          | GET /␀ HTTP/1.1⏎
            400 | 0x7F         | GET /␡ HTTP/1.1⏎
            400 | 0xE9         | GET /é HTTP/1.1⏎
            400 | no path      | GET a HTTP/1.1⏎Host: a⏎⏎
            400 | no path      | GET ?q HTTP/1.1⏎Host: a⏎⏎
            400 | no path      | GET ftp://a/ HTTP/1.1⏎Host: a⏎⏎
            400 | no path      | GET a:80 HTTP/1.1⏎Host: a⏎⏎
            400 | no path      | GET http:/a HTTP/1.1⏎Host: a⏎⏎
            400 | no path      | OPTIONS ** HTTP/1.1⏎Host: a⏎⏎
            400 | valid host   | GET http:///x HTTP/1.1⏎Host: a⏎⏎
            400 | valid host   | GET http://:80/x HTTP/1.1⏎Host: a⏎⏎
            400 | valid host   | GET http://u@a/ HTTP/1.1⏎Host: a⏎⏎
            400 | valid host   | GET http://a:b/ HTTP/1.1⏎Host: a⏎⏎
            400 | differs      | GET http://b/ HTTP/1.1⏎Host: a⏎⏎
            400 | differs      | GET http://a:80/ HTTP/1.1⏎Host: a⏎⏎
            400 | differs      | GET http://a/ HTTP/1.1⏎Host:⏎⏎
            400 | CONNECT      | CONNECT / HTTP/1.1⏎Host: a⏎⏎
            400 | CONNECT      | CONNECT a HTTP/1.1⏎Host: a⏎⏎
            400 | CONNECT      | CONNECT a: HTTP/1.1⏎Host: a⏎⏎
            400 | CONNECT      | CONNECT :80 HTTP/1.1⏎Host: a⏎⏎
            400 | CONNECT      | CONNECT 80 HTTP/1.1⏎Host: a⏎⏎
            400 | CONNECT      | CONNECT * HTTP/1.1⏎Host: a⏎⏎
            400 | CONNECT      | CONNECT http://a:80 HTTP/1.1⏎Host: a⏎⏎
            400 | OPTIONS      | GET * HTTP/1.1⏎Host: a⏎⏎
            """);
    }

    @TestFactory
    @DisplayName("3.2 Host")
    Stream<DynamicTest> host() {
        return cases("""
            400 | no Host       | GET / HTTP/1.1⏎⏎
            400 | no Host       | GET http://a/ HTTP/1.1⏎X: y⏎⏎
            400 | more than one | GET / HTTP/1.1⏎Host: a⏎host: a⏎⏎
            400 | more than one | GET / HTTP/1.0⏎Host: a⏎Host: b⏎⏎
            400 | a Host that   | GET / HTTP/1.1⏎Host: a b⏎⏎
            400 | a Host that   | GET / HTTP/1.1⏎Host: a, b⏎⏎
            400 | a Host that   | GET / HTTP/1.0⏎Host: a/b⏎⏎
            """);
    }

    @TestFactory
    @DisplayName("5 Field syntax")
    Stream<DynamicTest> fields() {
        return cases("""
            400 | space before  | GET / HTTP/1.1⏎Host : a⏎⏎
            400 | tab before    | GET / HTTP/1.1⏎Host␉: a⏎⏎
            400 | ':' where     | GET / HTTP/1.1⏎: a⏎⏎
            400 | carriage      | GET / HTTP/1.1⏎Host⏎⏎
            400 | '(' in a fiel | GET / HTTP/1.1⏎Ho(st: a⏎⏎
            400 | 0xE9          | GET / HTTP/1.1⏎Hést: a⏎⏎
            400 | NUL           | GET / HTTP/1.1⏎Ho␀st: a⏎⏎
            400 | NUL           | GET / HTTP/1.1⏎Host: ␀a⏎⏎
            400 | NUL           | GET / HTTP/1.1⏎Host:␀⏎⏎
            400 | 0x01          | GET / HTTP/1.1⏎Host: a␁⏎⏎
            400 | 0x0B          | GET / HTTP/1.1⏎Host: a⏎X:␋y⏎⏎
            400 | 0x1B          | GET / HTTP/1.1⏎Host: a⏎X: ␛[0m⏎⏎
            400 | 0x7F          | GET / HTTP/1.1⏎Host: a⏎X: ␡⏎⏎
            400 | folded        | GET / HTTP/1.1⏎Host: a⏎ b⏎⏎
            400 | folded        | GET / HTTP/1.1⏎Host: a⏎␉b⏎⏎
            400 | folded        | GET / HTTP/1.1⏎Host: a⏎ ⏎⏎
            """);
    }

    @TestFactory
    @DisplayName("6.1 Transfer-Encoding")
    Stream<DynamicTest> transferEncoding() {
        return cases("""
            400 | HTTP/1.0      | POST / HTTP/1.0⏎Transfer-Encoding: chunked⏎⏎
            400 | both          | POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked⏎Content-Length: 3⏎⏎
            400 | both          | POST / HTTP/1.1⏎Host: a⏎Content-Length: 0⏎Transfer-Encoding: x⏎⏎
            400 | more than one | POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked⏎Transfer-Encoding: chunked⏎⏎
            501 | more than     | POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: gzip, chunked⏎⏎
            501 | more than     | POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: foo,Chunked⏎⏎
            501 | more than     | POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked, chunked⏎⏎
            400 | end in        | POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked, gzip⏎⏎
            400 | end in        | POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: gzip⏎⏎
            400 | end in        | POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: xchunked⏎⏎
            400 | end in        | POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: identity⏎⏎
            400 | end in        | POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding:⏎⏎
            400 | end in        | POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked;a=b⏎⏎
            400 | end in        | POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked,⏎⏎
            400 | end in        | POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: "chunked"⏎⏎
            """);
    }

    @TestFactory
    @DisplayName("6.2 Content-Length")
    Stream<DynamicTest> contentLength() {
        return cases("""
            400 | more than one | POST / HTTP/1.1⏎Host: a⏎Content-Length: 3⏎Content-Length: 3⏎⏎
            400 | number        | POST / HTTP/1.1⏎Host: a⏎Content-Length: 3, 3⏎⏎
            400 | number        | POST / HTTP/1.1⏎Host: a⏎Content-Length: +3⏎⏎
            400 | number        | POST / HTTP/1.1⏎Host: a⏎Content-Length: -3⏎⏎
            400 | number        | POST / HTTP/1.1⏎Host: a⏎Content-Length: 3 3⏎⏎
            400 | number        | POST / HTTP/1.1⏎Host: a⏎Content-Length: 0x3⏎⏎
            400 | number        | POST / HTTP/1.1⏎Host: a⏎Content-Length: 3.0⏎⏎
            400 | number        | POST / HTTP/1.1⏎Host: a⏎Content-Length: ²⏎⏎
            400 | number        | POST / HTTP/1.1⏎Host: a⏎Content-Length:⏎⏎
            413 | above         | POST / HTTP/1.1⏎Host: a⏎Content-Length: 9223372036854775808⏎⏎
            413 | above         | POST / HTTP/1.1⏎Host: a⏎Content-Length: 99999999999999999999⏎⏎
            """);
    }

    @TestFactory
    @DisplayName("RFC 9110, 10.1.1 Expect")
    Stream<DynamicTest> expect() {
        return cases("""
            417 | expectation | POST / HTTP/1.1⏎Host: a⏎Expect: 200-ok⏎⏎
            417 | expectation | POST / HTTP/1.1⏎Host: a⏎Expect: 100-continue, x⏎⏎
            417 | expectation | POST / HTTP/1.1⏎Host: a⏎Expect:⏎⏎
            """);
    }

    @TestFactory
    @DisplayName("7.1 Chunked transfer coding")
    Stream<DynamicTest> chunked() {
        return chunkedCases("""
            400 | carriage   | ⏎
            400 | carriage   | 5⏎12345⏎0 ⏎⏎
            400 | space      |  5⏎
            400 | carriage   | 5 ⏎
            400 | 'x'        | 0x5⏎
            400 | '-'        | -1⏎
            400 | '+'        | +1⏎
            400 | 'g'        | 1g⏎
            400 | '_'        | 1_0⏎
            400 | line feed  | 5␊
            400 | carriage   | 5␍12345
            400 | '6'        | 5⏎123456
            400 | '0'        | 5⏎123450⏎
            400 | line feed  | 5⏎12345␊
            400 | '0'        | 5⏎12345␍0
            413 | above      | 8000000000000000
            413 | above      | ffffffffffffffff
            400 | digits     | 00000000000000005
            """);
    }

    @TestFactory
    @DisplayName("7.1.1 Chunk extensions")
    Stream<DynamicTest> chunkExtensions() {
        return chunkedCases("""
            400 | carriage   | 5;⏎
            400 | '='        | 5;=⏎
            400 | carriage   | 5;a=⏎
            400 | carriage   | 5;a ⏎
            400 | carriage   | 5;a=b ⏎
            400 | 'b'        | 5;a b c
            400 | ','        | 5,a⏎
            400 | '"'        | 5;"a"⏎
            400 | carriage   | 5;a="b⏎
            400 | NUL        | 5;a="␀
            400 | carriage   | 5;a="\\␍
            400 | 'b'        | 5;a="a"b⏎
            400 | line feed  | 5;a␊
            400 | line feed  | 5;a="␊
            """);
    }

    @TestFactory
    @DisplayName("7.1.2 Trailer section")
    Stream<DynamicTest> trailers() {
        return chunkedCases("""
            400 | content-length    | 0⏎Content-Length: 5⏎⏎
            400 | transfer-encoding | 0⏎A: b⏎transfer-encoding: chunked⏎⏎
            400 | host              | 0⏎Host: a⏎⏎
            400 | space before      | 0⏎A : b⏎⏎
            400 | folded            | 0⏎A: b⏎ c⏎⏎
            400 | line feed         | 0⏎␊
            400 | carriage return   | 0⏎␍G
            400 | before the colon  | 0⏎GET / HTTP/1.1⏎⏎
            """);
    }

    private static Stream<DynamicTest> chunkedCases(String table) {
        return cases(
                table.replaceAll("(?m)^([^|]+\\|[^|]+\\| )", "$1POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked⏎⏎"));
    }
}
