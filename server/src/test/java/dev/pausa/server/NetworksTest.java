package dev.pausa.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworksTest {
    private static InetAddress address(String literal) {
        return Objects.requireNonNull(Networks.address(literal), literal);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "127.0.0.1,::1 | 127.0.0.1        | true",
                "127.0.0.1,::1 | ::1              | true",
                "127.0.0.1,::1 | 127.0.0.2        | false",
                "127.0.0.1,::1 | ::ffff:127.0.0.1 | true",
                "10.0.0.0/8    | 10.255.0.1       | true",
                "10.0.0.0/8    | 11.0.0.1         | false",
                "172.16.0.0/12 | 172.31.255.255   | true",
                "172.16.0.0/12 | 172.32.0.0       | false",
                "0.0.0.0/0     | 8.8.8.8          | true",
                "0.0.0.0/0     | 2001:db8::1      | false",
                "2001:db8::/32 | 2001:db8:ffff::1 | true",
                "2001:db8::/33 | 2001:db8:8000::1 | false",
                " 1.2.3.4 , 5.6.7.8 | 5.6.7.8     | true",
                "*             | 8.8.8.8          | true",
                "''            | 127.0.0.1        | false",
            })
    void contains(String networks, String literal, boolean expected) {
        assertEquals(expected, Networks.parse(networks).contains(address(literal)));
    }

    @Test
    void anyListsNone() {
        Networks networks = Networks.parse("*,10.0.0.0/8");
        assertTrue(networks.any());
        assertTrue(networks.lists(address("10.0.0.1")));
        assertFalse(networks.lists(address("11.0.0.1")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.04",
                "1.2.3.256",
                "0x7f.0.0.1",
                "10.0.0.1/8",
                "10.0.0.0/33",
                "10.0.0.0/",
                "10.0.0.0/08",
                "10.0.0.0/-1",
                "[::1]",
                "::1%lo",
                "::1/129",
                "1.2.3.4:80"
            })
    void refuses(String text) {
        var e = assertThrows(IllegalArgumentException.class, () -> Networks.parse(text));
        assertTrue(String.valueOf(e.getMessage()).contains(text), e.getMessage());
    }
}
