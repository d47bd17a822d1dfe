package dev.pausa.server.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 9110, 12.5.1. */
class AcceptTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // the RFC's own examples, as far as they are on types that we have
                "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5"
                        + " | 700 | 300",
                "text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c | 500 | 1000",
                // a browser's
                "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8 | 800 | 1000",
                "*/*                                     | 1000 | 1000",
                "text/*                                  | 1000 | 1000",
                "TEXT/Html                               | 0    | 1000",
                "image/png                               | 0    | 0",
                "text/html;q=0, */*                      | 1000 | 0",
                "*/*, text/html;q=0                      | 1000 | 0",
                "text/html ; charset=UTF-8 ; q=0.25      | 0    | 250",
                "text/html;charset=\"utf-8\"             | 0    | 1000",
                "text/html;charset=latin1                | 0    | 0",
                "text/html;q=1.000                       | 0    | 1000",
                "text/html;q=0.1;ext=1                   | 0    | 100",
                "text/html;Q=0.12                        | 0    | 120",
                ", ,text/html,                           | 0    | 1000",
                // malformed members are ignored, and only they
                "text/html;q=2, text/plain;q=0.2         | 200  | 0",
                "text/html;q=-1                          | 0    | 0",
                "text/html;q=0.1234                      | 0    | 0",
                "text/html;q=                            | 0    | 0",
                "html, */html, /html, text/, text/plain  | 1000 | 0",
                "a/b;c=\"x,text/html\", text/plain       | 1000 | 0",
                "a/b;c=\"\\\",text/html\", text/plain    | 1000 | 0",
                "''                                      | 0    | 0",
            })
    void quality(String value, int plain, int html) {
        Accept accept = new Accept(List.of(value));
        assertEquals(plain, accept.quality("text", "plain"));
        assertEquals(html, accept.quality("text", "html"));
    }

    @Test
    void everythingIsLikedByWhoDoesNotSay() {
        assertEquals(1000, new Accept(List.of()).quality("text", "html"));
    }

    @Test
    void severalLinesAreOneList() {
        Accept accept = new Accept(List.of("text/plain;q=0.1", "text/html;q=0.2"));
        assertEquals(100, accept.quality("text", "plain"));
        assertEquals(200, accept.quality("text", "html"));
    }
}
