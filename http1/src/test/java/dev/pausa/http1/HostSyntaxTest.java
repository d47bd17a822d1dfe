package dev.pausa.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9110, 7.2, and RFC 3986, 3.2.2 and 3.2.3. */
class HostSyntaxTest {
    private static void check(boolean valid, String host) {
        byte[] bytes = Wire.bytes("<" + host + ">");
        assertEquals(valid, HostSyntax.valid(bytes, 1, bytes.length - 2), host);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "A.example.",
                "a-b_c~d!$&'()*+,;=e",
                "xn--bcher-kva.example:8080",
                "a%C3%a9",
                "a:",
                "a:0",
                "a:65535",
                "a:00080",
                "127.0.0.1:80",
                "999.1",
                "[::]",
                "[::1]",
                "[1::]",
                "[::1]:80",
                "[::1]:",
                "[1:2:3:4:5:6:7:8]",
                "[1:2:3:4:5:6:7::]",
                "[::2:3:4:5:6:7:8]",
                "[2001:DB8::abcd:0]",
                "[::ffff:127.0.0.1]",
                "[1:2:3:4:5:6:255.0.10.99]",
                "[::1.2.3.4]",
                "[v1.a:b]",
                "[VF.~]:1"
            })
    void valid(String host) {
        check(true, host);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ",
                ":",
                ":80",
                "a:b",
                "a:80:80",
                "a:65536",
                "a:99999999999999999999",
                "a:-1",
                "u@a",
                "a/",
                "a?",
                "a\\b",
                "a\"",
                "a<b",
                "a%",
                "a%1",
                "a%1g",
                "é",
                "::1",
                "[",
                "[]",
                "[:]",
                "[::1",
                "[::1]a",
                "[::1]]",
                "a[::1]",
                "[:::]",
                "[1::2::3]",
                "[::1::]",
                "[1:2:3:4:5:6:7]",
                "[1:2:3:4:5:6:7:8:9]",
                "[1:2:3:4:5:6:7:8::]",
                "[::1:2:3:4:5:6:7:8]",
                "[12345::]",
                "[g::]",
                "[1:]",
                "[:1]",
                "[1:2:3:4:5:6:7:]",
                "[fe80::1%eth0]",
                "[::1.2.3]",
                "[::1.2.3.4.5]",
                "[::1.2.3.256]",
                "[::01.2.3.4]",
                "[::1.2.3.4:5]",
                "[::1.2..4]",
                "[1:2:3:4:5:6:7:1.2.3.4]",
                "[1.2.3.4]",
                "[v.a]",
                "[v1.]",
                "[v1]",
                "[vg.a]",
                "[v1.a%20]"
            })
    void invalid(String host) {
        check(false, host);
    }
}
