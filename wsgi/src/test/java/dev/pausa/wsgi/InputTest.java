package dev.pausa.wsgi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** PEP 3333, "Input and Error Streams". */
class InputTest {
    @Test
    void theEmptyOneIsAtItsEnd() throws IOException {
        var one = new byte[1];
        assertTrue(Input.EMPTY.ready());
        assertEquals(0, Input.EMPTY.read(one, 0, 0));
        assertEquals(-1, Input.EMPTY.read(one, 0, 1));
        assertEquals(-1, Input.EMPTY.readNowait(one, 0, 1));
        assertEquals(-1, Input.EMPTY.stream().read());
    }
}
