package dev.pausa.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Header;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests that never pause. */
class PlainTest {
    private final Rig rig = new Rig();

    @Test
    void oneChunkGetsItsLength() {
        rig.serve((environ, start) -> {
            start.start("200 OK", List.of(new Header("Content-Type", "text/plain")));
            return Body.of("hello".getBytes(StandardCharsets.US_ASCII));
        });
        rig.on(Event.FLUSHED);
        assertEquals("head 200 length 5, write hello, end, released END", rig.story());
    }

    @Test
    void severalChunksGoOutOneByOne() {
        Iterator<String> chunks = List.of("a", "", "b").iterator();
        rig.serve(rig.steps(() -> chunks.hasNext() ? chunks.next() : null));
        rig.on(Event.FLUSHED);
        assertEquals(
                "step, head 200, write a, step, queued for first, step, write b, step, end, close END, released END",
                rig.story());
    }
}
