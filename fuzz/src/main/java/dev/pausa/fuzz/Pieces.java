package dev.pausa.fuzz;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Ways in which the bytes of a connection may come. */
final class Pieces {
    private static final int MOST = 40;

    private Pieces() {}

    static List<ByteBuffer> whole(byte[] bytes) {
        return List.of(ByteBuffer.wrap(bytes));
    }

    static List<ByteBuffer> single(byte[] bytes) {
        List<ByteBuffer> pieces = new ArrayList<>(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            pieces.add(ByteBuffer.wrap(bytes, i, 1));
        }
        return pieces;
    }

    /** Pieces of 1 to {@value #MOST} bytes or, seldom, a hundred times as many: on the heap, direct and read-only ones. */
    static List<ByteBuffer> chosenBy(byte[] bytes) {
        var random = new SplittableRandom(Arrays.hashCode(bytes));
        List<ByteBuffer> pieces = new ArrayList<>();
        for (int from = 0; from < bytes.length; ) {
            int wanted = (1 + random.nextInt(MOST)) * (random.nextInt(8) == 0 ? 100 : 1);
            int length = Math.min(wanted, bytes.length - from);
            pieces.add(
                    switch (random.nextInt(3)) {
                        case 0 ->
                            ByteBuffer.allocateDirect(length)
                                    .put(bytes, from, length)
                                    .flip();
                        case 1 -> ByteBuffer.wrap(bytes, from, length).asReadOnlyBuffer();
                        default -> ByteBuffer.wrap(bytes, from, length);
                    });
            from += length;
        }
        return pieces;
    }
}
