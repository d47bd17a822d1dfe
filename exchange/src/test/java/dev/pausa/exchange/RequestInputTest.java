package dev.pausa.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.wsgi.ClientDisconnected;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RequestInputTest {
    private static final RequestInput.Source NOBODY = new RequestInput.Source() {
        @Override
        public void wanted() {}

        @Override
        public void drained() {}
    };

    private final List<String> told = new ArrayList<>();
    private final RequestInput input = new RequestInput(
            new RequestInput.Source() {
                @Override
                public void wanted() {
                    told.add("wanted");
                }

                @Override
                public void drained() {
                    told.add("drained");
                }
            },
            8);

    private String read(int length) throws IOException {
        var into = new byte[length];
        int count = input.read(into, 0, length);
        return count < 0 ? "end" : new String(into, 0, count, StandardCharsets.US_ASCII);
    }

    /** A loan of these bytes; notes when it is given back. */
    private RequestInput.Loan loan(String text) {
        ByteBuffer lent = Rig.bytes(text);
        return new RequestInput.Loan() {
            @Override
            public ByteBuffer bytes() {
                return lent;
            }

            @Override
            public void giveBack() {
                told.add("back " + text);
            }
        };
    }

    @Test
    void loansAreReadInOrder_andGivenBackWhenTheyWereRead() throws IOException {
        assertTrue(input.feed(loan("abc")));
        assertTrue(input.feed(loan("de")));
        assertTrue(input.feed(Rig.bytes("f")));
        assertFalse(input.feed(loan("ghi")), "9 bytes of 8");
        told.remove("back ghi"); // copied, as "f" is before it
        assertEquals(2, input.await(2));
        assertEquals("ab", read(2));
        assertEquals(List.of("wanted"), told);
        assertEquals("cd", read(2));
        assertEquals(List.of("wanted", "back abc"), told);
        assertEquals(5, input.await(100));
        assertEquals("efghi", read(100));
        assertEquals(List.of("wanted", "back abc", "back de", "drained"), told);
        input.feed(loan("j"));
        input.end();
        assertEquals("j", read(1));
        assertEquals(0, input.await(1));
        assertEquals("end", read(1));
        assertTrue(input.close());
    }

    @Test
    void loansAreGivenBackOnce_whateverEndsTheInput() {
        input.feed(loan("a"));
        input.feed(loan("b"));
        input.fail("gone");
        assertEquals(List.of("back a", "back b"), told);
        input.feed(loan("late"));
        assertEquals(List.of("back a", "back b", "back late"), told);
        assertThrows(ClientDisconnected.class, () -> input.await(1));
        input.close();

        var closed = new RequestInput(NOBODY, 8);
        closed.feed(loan("c"));
        assertFalse(closed.close());
        closed.close();
        assertEquals(1, told.stream().filter("back c"::equals).count());
    }

    @Test
    void readsIntoABufferAsFarAsThatHasRoom() throws IOException {
        input.feed(loan("abc"));
        input.feed(Rig.bytes("def"));
        ByteBuffer into = ByteBuffer.allocateDirect(6).position(1).limit(5);
        assertEquals(4, input.read(into));
        assertEquals(0, input.read(into));
        assertEquals(
                "abcd",
                StandardCharsets.US_ASCII.decode(into.flip().position(1)).toString());
        assertEquals("ef", read(9));
    }

    @Test
    void readsAcrossPiecesAndThenTheEndAgainAndAgain() throws IOException {
        input.feed(Rig.bytes("abc"));
        input.feed(Rig.bytes("def"));
        input.end();
        assertEquals("abcd", read(4));
        assertEquals("ef", read(4));
        assertEquals("end", read(4));
        assertEquals("end", read(4));
        assertTrue(input.close());
    }

    @Test
    void p57TheFirstReadIsToldOnce() throws IOException {
        input.feed(Rig.bytes("ab"));
        assertEquals(List.of(), told);
        read(1);
        read(1);
        assertEquals(List.of("wanted"), told);
    }

    @Test
    void p56ReadNowaitNeverWaits() throws IOException {
        var into = new byte[2];
        assertEquals(0, input.readNowait(into, 0, 2));
        assertEquals(List.of("wanted"), told, "P57: it is a read");
        input.feed(Rig.bytes("abc"));
        assertEquals(2, input.readNowait(into, 0, 2));
        assertEquals(1, input.readNowait(into, 0, 2));
        assertEquals(0, input.readNowait(into, 0, 2));
        input.end();
        assertEquals(-1, input.readNowait(into, 0, 2));
        assertEquals(0, input.readNowait(into, 0, 0));
    }

    @Test
    void p59ItIsBoundedAndAsksForMoreAtHalf() throws IOException {
        assertTrue(input.feed(Rig.bytes("abcdefg")));
        assertFalse(input.feed(Rig.bytes("hij")));
        read(5);
        assertEquals(List.of("wanted"), told);
        read(1);
        assertEquals(List.of("wanted", "drained"), told);
        read(1);
        assertEquals(List.of("wanted", "drained"), told);
    }

    @Test
    void p59ABodyOfManySmallPiecesTakesNoMoreMemoryThanOne() {
        List<RequestInput> inputs = new ArrayList<>();
        long before = usedMemory();
        for (int i = 0; i < 40; i++) {
            var fed = new RequestInput(NOBODY, 65_536);
            while (fed.feed(Rig.bytes("x"))) {
                // Until it is full.
            }
            inputs.add(fed);
        }
        long each = (usedMemory() - before) / inputs.size();
        assertTrue(each < 400_000, each + " bytes for 65,536");
    }

    private static long usedMemory() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void piecesOfAnySizeComeOutAsTheyWentIn() throws IOException {
        var random = new Random(1);
        var big = new RequestInput(NOBODY, 1000);
        int fed = 0;
        int taken = 0;
        while (taken < 200_000) {
            var piece = ByteBuffer.allocate(random.nextInt(700));
            while (piece.hasRemaining()) {
                piece.put((byte) fed++);
            }
            boolean room = big.feed(piece.flip());
            assertEquals(fed - taken < 1000, room);
            var into = new byte[random.nextInt(900) + 1];
            while (!room || random.nextInt(4) == 0 && fed > taken) {
                int count = big.read(into, 0, into.length);
                for (int i = 0; i < count; i++) {
                    assertEquals((byte) taken++, into[i]);
                }
                room |= fed - taken <= 500;
            }
        }
    }

    @Test
    void p27AFailureIsNeverTakenForTheEnd() throws IOException {
        input.feed(Rig.bytes("abc"));
        input.fail("cut short");
        assertThrows(ClientDisconnected.class, () -> read(1));
        input.end();
        assertThrows(ClientDisconnected.class, () -> read(1));
        assertFalse(input.close());
    }

    @Test
    void aBlockedReadWakes() throws Exception {
        CompletableFuture<String> reading = CompletableFuture.supplyAsync(() -> {
            try {
                return read(4);
            } catch (IOException failed) {
                return failed.toString();
            }
        });
        assertFalse(input.ready());
        Thread.sleep(20);
        input.feed(Rig.bytes("x"));
        assertEquals("x", reading.get(5, TimeUnit.SECONDS));
        CompletableFuture<String> cut = CompletableFuture.supplyAsync(() -> {
            try {
                return read(4);
            } catch (IOException failed) {
                return "cut";
            }
        });
        Thread.sleep(20);
        input.fail("gone");
        assertEquals("cut", cut.get(5, TimeUnit.SECONDS));
    }

    @Test
    void whenTheRequestIsOverReadsRaiseAndBytesAreDropped() {
        input.feed(Rig.bytes("abcdefgh"));
        assertFalse(input.close());
        assertTrue(input.feed(Rig.bytes("more")));
        assertThrows(IOException.class, () -> read(1));
        assertTrue(input.ready());
        assertFalse(input.close());
    }
}
