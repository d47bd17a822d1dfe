package dev.pausa.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

/** RFC 9110, 5.6.7. */
class HttpDateTest {
    @Test
    void fixedLength() {
        assertEquals("Sun, 06 Nov 1994 08:49:37 GMT", HttpDate.format(784111777));
        assertEquals("Thu, 01 Jan 1970 00:00:00 GMT", HttpDate.format(0));
        assertEquals("Wed, 31 Dec 1969 23:59:59 GMT", HttpDate.format(-1));
        assertEquals("Thu, 29 Feb 2024 12:00:00 GMT", HttpDate.format(1709208000));
        assertEquals("Fri, 31 Dec 9999 23:59:59 GMT", HttpDate.format(253402300799L));
    }

    @Test
    void cachedForASecond() {
        DateCache cache = new DateCache();
        String first = cache.format(784111777);
        assertEquals(HttpDate.format(784111777), first);
        assertSame(first, cache.format(784111777));
        assertNotEquals(first, cache.format(784111778));
        assertEquals(first, cache.format(784111777));
    }
}
