package dev.pausa.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The requests of {@code conformance/corpus}, each whole, in pieces, byte by byte, and with another one behind it. */
class CorpusTest {
    @TestFactory
    Stream<DynamicTest> corpus() throws IOException {
        return CorpusCase.all().map(one -> DynamicTest.dynamicTest(one.name(), () -> check(one)));
    }

    private static void check(CorpusCase one) {
        String read = Wire.read(one.bytes(), HeadLimits.DEFAULT);
        String accepted = String.join("; ", one.accepted());
        String withTail = Wire.read(concat(one.bytes(), Wire.bytes(Wire.TAIL)), HeadLimits.DEFAULT);
        Refusal refusal = one.refusal();
        if (refusal == null) {
            assertEquals(accepted, read);
            assertEquals(accepted + "; " + Wire.TAIL_READ, withTail);
            return;
        }
        assertTrue(read.startsWith(accepted) && read.endsWith(refusal.toString()), read);
        String between = read.substring(
                accepted.length(), read.length() - refusal.toString().length());
        assertEquals(one.inBody(), !between.replace("; ", "").isEmpty(), read);
        assertFalse(between.contains("; end"), read);
        assertEquals(read, withTail);
        assertTrue(refusal.rule().matches("RFC \\d+, [\\d.]+"), refusal.rule());
        assertFalse(refusal.reason().chars().anyMatch(c -> c < 0x20 || c > 0x7E), refusal.reason());
    }

    private static byte[] concat(byte[] first, byte[] second) {
        var both = new ByteArrayOutputStream();
        both.writeBytes(first);
        both.writeBytes(second);
        return both.toByteArray();
    }
}
