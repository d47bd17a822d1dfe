package dev.pausa.bench;

import dev.pausa.http1.Element;
import dev.pausa.http1.HeadLimits;
import dev.pausa.http1.RequestHead;
import dev.pausa.http1.RequestReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads the head of one request that a browser sends. */
final class ParserWork {
    static final byte[] REQUEST = """
            GET /articles/2026/11?page=2&sort=new HTTP/1.1\r
            Host: www.example.com\r
            User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r
            Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r
            Accept-Language: en-GB,en;q=0.5\r
            Accept-Encoding: gzip, deflate, br\r
            Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r
            Connection: keep-alive\r
            X-Request-Id: 7d3b2a90\r
            \r
            """.getBytes(StandardCharsets.ISO_8859_1);

    private final RequestReader reader = new RequestReader(HeadLimits.DEFAULT);
    private final ByteBuffer input = ByteBuffer.wrap(REQUEST);

    /** The next request of a connection. */
    RequestHead read() {
        input.rewind();
        Element head = reader.next(input);
        if (head instanceof RequestHead read && reader.next(input) == Element.End.END) {
            return read;
        }
        throw new AssertionError("not read: " + head);
    }
}
