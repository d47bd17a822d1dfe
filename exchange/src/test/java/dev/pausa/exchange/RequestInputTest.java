package dev.pausa.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.wsgi.ClientDisconnected;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RequestInputTest {
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

    @Test
    void anEmptyOneIsAtItsEnd() throws IOException {
        RequestInput empty = RequestInput.empty();
        assertTrue(empty.ready());
        assertEquals(-1, empty.read(new byte[1], 0, 1));
        assertTrue(empty.close());
    }
}
