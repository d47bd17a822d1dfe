package dev.pausa.cpython;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.pausa.cpython.capi.PyObjects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@link StringCache} and {@link TextCache}: whatever they keep, a string is what was asked for. */
class CachesTest {
    private static final Interpreter MAIN = Python.MAIN;

    @Test
    void anyBytesComeAsTheyAre() throws Exception {
        Python.onWorker(MAIN, () -> {
            var strings = new StringCache(MAIN);
            var texts = new TextCache(MAIN.values());
            var chance = new Random(1);
            for (int i = 0; i < 200_000; i++) {
                byte[] value = new byte[chance.nextInt(4) == 0 ? chance.nextInt(400) : chance.nextInt(3)];
                chance.nextBytes(value);
                byte[] source = ("ab" + new String(value, ISO_8859_1) + "c").getBytes(ISO_8859_1);
                String expected = new String(value, ISO_8859_1);
                long string = strings.again(source, 2, value.length);
                assertEquals(expected, MAIN.values().text(string));
                assertEquals(expected, texts.text(string));
                PyObjects.Py_DecRef.call(string);
            }
            return "";
        });
    }

    @Test
    void theThirdTimeItIsTheSameObject() throws Exception {
        Python.onWorker(MAIN, () -> {
            var strings = new StringCache(MAIN);
            byte[] value = "text/html;q=0.9".getBytes(ISO_8859_1);
            long second = 0;
            for (int i = 0; i < 3; i++) {
                second = i < 2 ? strings.again(value, 0, value.length) : second;
            }
            assertEquals(second, strings.again(value, 0, value.length));
            assertNotEquals(second, strings.once(value, 0, value.length));
            byte[] other = value.clone();
            other[0] = 'T';
            assertNotEquals(second, strings.again(other, 0, other.length));
            return "";
        });
    }
}
