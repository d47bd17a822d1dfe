package dev.pausa.http1;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Damaged requests: every one ends in elements or in {@code null}, nothing is raised, and nothing depends on the pieces. */
class MutationTest {
    private static final long SEED = 9112;
    private static final int ROUNDS = 20_000;
    private static final byte[] LIKELY = Wire.bytes("⏎␀ ␉:;,=\"\\/*[]0179aAfF%#é");
    private static final List<String> SEEDS = List.of(
            "GET /a?b HTTP/1.1⏎Host: a.example:80⏎Connection: keep-alive⏎⏎" + Wire.TAIL,
            "POST http://[::1]:80/ HTTP/1.1⏎Host: [::1]:80⏎Content-Length: 5⏎Expect: 100-continue⏎⏎12345" + Wire.TAIL,
            "POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked⏎⏎5;a=\"b\\c\"⏎12345⏎0;d⏎A: b⏎⏎" + Wire.TAIL,
            "CONNECT a:1 HTTP/1.0⏎A:⏎⏎");

    @Test
    void damagedRequestsRaiseNothing() {
        System.out.println("MutationTest: seed " + SEED);
        Random random = new Random(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = mutate(Wire.bytes(SEEDS.get(round % SEEDS.size())), random);
            String message = "round " + round;
            Assertions.assertEquals(read(bytes, bytes.length, message), read(bytes, 1, message), message);
        }
    }

    private static byte[] mutate(byte[] original, Random random) {
        byte[] bytes = original.clone();
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(bytes.length);
            int to = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] = LIKELY[random.nextInt(LIKELY.length)];
                case 2 -> System.arraycopy(original, Math.min(at, to), bytes, to, bytes.length - Math.max(at, to));
                default -> bytes = Arrays.copyOf(bytes, at + 1);
            }
        }
        return bytes;
    }

    private static String read(byte[] bytes, int piece, String message) {
        RequestReader reader = new RequestReader(HeadLimits.DEFAULT);
        StringBuilder read = new StringBuilder();
        for (int from = 0; from < bytes.length; from += piece) {
            ByteBuffer input = ByteBuffer.wrap(bytes, from, piece);
            for (int count = 0; ; count++) {
                Assertions.assertTrue(count <= 2 * bytes.length + 2, message + " does not come to an end");
                Element element = reader.next(input);
                if (element instanceof Refusal) {
                    return read.append(element).toString();
                }
                if (element == null) {
                    break;
                }
                append(read, element);
            }
        }
        return read.append(reader.inRequest()).toString();
    }

    private static void append(StringBuilder read, Element element) {
        if (element instanceof Element.Data(ByteBuffer slice)) {
            while (slice.hasRemaining()) {
                read.append((char) slice.get());
            }
        } else {
            read.append(Objects.toString(element)).append('\n');
        }
    }
}
