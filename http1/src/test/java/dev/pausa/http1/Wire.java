package dev.pausa.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Bytes as tests write them, and readings of them in every manner.
 *
 * <p>{@code ⏎} is CRLF; a control picture (U+2400 and following: {@code ␀ ␉ ␊ ␍ ␡}) is that control character; every
 * other character is its byte in ISO-8859-1.
 */
final class Wire {
    static final String TAIL = "GET /tail HTTP/1.1⏎Host: tail⏎⏎";
    static final String TAIL_READ = "GET /tail ORIGIN 1.1 [Host: tail] None keep-alive; end";

    private Wire() {}

    static byte[] bytes(String wire) {
        StringBuilder text = new StringBuilder();
        wire.chars().forEach(c -> {
            switch (c) {
                case '⏎' -> text.append("\r\n");
                case '␡' -> text.append('\u007F');
                default -> text.append((char) (c >= 0x2400 && c < 0x2420 ? c - 0x2400 : c));
            }
        });
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** What is read, which must be the same however the bytes come: whole, byte by byte, in two pieces; heap, direct. */
    static String read(String wire, HeadLimits limits) {
        return read(bytes(wire), limits);
    }

    /** As {@link #read(String, HeadLimits)}. */
    static String read(byte[] bytes, HeadLimits limits) {
        String whole = read(List.of(ByteBuffer.wrap(bytes)), limits);
        assertEquals(whole, read(List.of(direct(bytes, 0, bytes.length)), limits), "direct");
        assertEquals(whole, read(List.of(ByteBuffer.wrap(bytes).asReadOnlyBuffer()), limits), "read-only");
        List<ByteBuffer> single = IntStream.range(0, bytes.length)
                .mapToObj(i -> ByteBuffer.wrap(bytes, i, 1))
                .toList();
        assertEquals(whole, read(single, limits), "byte by byte");
        int step = bytes.length < 1000 ? 1 : bytes.length / 20;
        for (int cut = 1; cut < bytes.length; cut += step) {
            List<ByteBuffer> two = List.of(direct(bytes, 0, cut), direct(bytes, cut, bytes.length));
            assertEquals(whole, read(two, limits), "cut at " + cut);
        }
        return whole;
    }

    static String read(String wire) {
        return read(wire, HeadLimits.DEFAULT);
    }

    /** The refusal, which must be the same with more bytes behind it. */
    static Refusal refusal(String wire, HeadLimits limits) {
        String read = read(wire, limits);
        assertTrue(read.contains("Refusal["), () -> "not refused: " + read);
        assertEquals(read, read(wire + TAIL, limits), "with a tail");
        RequestReader reader = new RequestReader(limits);
        ByteBuffer input = ByteBuffer.wrap(bytes(wire));
        while (true) {
            if (reader.next(input) instanceof Refusal refusal) {
                assertEquals(refusal, reader.next(ByteBuffer.wrap(bytes(TAIL))), "a refusal is final");
                return refusal;
            }
        }
    }

    private static ByteBuffer direct(byte[] bytes, int from, int to) {
        return ByteBuffer.allocateDirect(to - from).put(bytes, from, to - from).flip();
    }

    private static String read(List<ByteBuffer> pieces, HeadLimits limits) {
        RequestReader reader = new RequestReader(limits);
        List<String> elements = new ArrayList<>();
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (ByteBuffer piece : pieces) {
            for (Element element = reader.next(piece); element != null; element = reader.next(piece)) {
                if (element instanceof Element.Data(ByteBuffer slice)) {
                    assertTrue(slice.hasRemaining(), "a piece of data is never empty");
                    byte[] copy = new byte[slice.remaining()];
                    slice.get(copy);
                    data.writeBytes(copy);
                    continue;
                }
                flush(data, elements);
                elements.add(element(element));
                if (element instanceof Refusal) {
                    return String.join("; ", elements);
                }
                assertEquals(element != Element.End.END, reader.inRequest(), "inRequest");
            }
            assertFalse(piece.hasRemaining(), "all bytes are taken");
        }
        flush(data, elements);
        if (reader.inRequest()) {
            elements.add("...");
        }
        return elements.isEmpty() ? "nothing" : show(String.join("; ", elements));
    }

    static String show(String text) {
        StringBuilder shown = new StringBuilder();
        text.replace("\r\n", "⏎").chars().forEach(c -> shown.append((char) (c < 0x20 ? c + 0x2400 : c)));
        return shown.toString();
    }

    private static void flush(ByteArrayOutputStream data, List<String> elements) {
        if (data.size() > 0) {
            elements.add("data " + data.toString(StandardCharsets.ISO_8859_1));
            data.reset();
        }
    }

    private static String element(Element element) {
        return switch (element) {
            case Refusal refusal -> refusal.toString();
            case Element.End _ -> "end";
            case Element.Data _ -> throw new AssertionError();
            case RequestHead head -> head(head);
        };
    }

    private static String head(RequestHead head) {
        List<String> fields = IntStream.range(0, head.fields())
                .mapToObj(i -> head.name(i) + ": " + head.value(i))
                .toList();
        String framing = switch (head.framing()) {
            case RequestHead.Framing.None _ -> "None";
            case RequestHead.Framing.Length(long bytes) -> "Length " + bytes;
            case RequestHead.Framing.Chunked _ -> "Chunked";
        };
        return "%s %s %s 1.%d %s %s %s%s"
                .formatted(
                        head.method(),
                        head.target(),
                        head.form(),
                        head.minorVersion(),
                        fields,
                        framing,
                        head.keepAlive() ? "keep-alive" : "close",
                        head.expectContinue() ? " expect" : "");
    }
}
