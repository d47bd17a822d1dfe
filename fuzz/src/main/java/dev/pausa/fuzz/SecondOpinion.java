package dev.pausa.fuzz;

import static dev.pausa.fuzz.Violation.require;

import dev.pausa.http1.RequestHead;
import dev.pausa.http1.RequestHead.Framing;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Another reader of RFC 9112, by splitting text: slow, simple, and asked only about requests that were accepted whole. It
 * would mend some that the real one refuses.
 */
final class SecondOpinion {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final Pattern REQUEST_LINE = Pattern.compile(TOKEN + " [\\x21-\\x7e\\x80-\\xff]+ HTTP/1\\.[0-9]");
    private static final Pattern FIELD_LINE = Pattern.compile(TOKEN + ":[\\t\\x20-\\x7e\\x80-\\xff]*");

    private SecondOpinion() {}

    static void on(byte[] bytes, Reading.Message message) {
        RequestHead head = message.head();
        byte[] received = head.bytes();
        int start = message.bodyStart() - received.length;
        require(start >= 0, "a head of bytes that did not come");
        require(
                Arrays.equals(received, Arrays.copyOfRange(bytes, start, message.bodyStart())),
                "a head of other bytes than those that came");
        List<String> lines = lines(received);
        require(REQUEST_LINE.matcher(lines.getFirst()).matches(), "a request line: " + lines.getFirst());
        List<String> fields = lines.subList(1, lines.size());
        require(fields.size() == head.fields(), "the number of fields");
        for (String field : fields) {
            require(FIELD_LINE.matcher(field).matches(), "a field line: " + field);
        }
        boolean old = lines.getFirst().endsWith("0");
        List<String> hosts = values(fields, "host");
        require(hosts.size() == 1 || old && hosts.isEmpty(), "not one Host");
        framing(fields, old, head.framing());
        if (message.complete()) {
            body(bytes, message);
        }
    }

    private static List<String> lines(byte[] head) {
        String text = new String(head, StandardCharsets.ISO_8859_1);
        require(text.endsWith("\r\n\r\n"), "a head without an end");
        List<String> lines = List.of(text.substring(0, text.length() - 4).split("\r\n", -1));
        for (String line : lines) {
            require(!line.isEmpty() && line.indexOf('\r') < 0 && line.indexOf('\n') < 0, "a line end in a line");
        }
        return lines;
    }

    private static List<String> values(List<String> fields, String name) {
        List<String> values = new ArrayList<>();
        for (String field : fields) {
            int colon = field.indexOf(':');
            if (field.substring(0, colon).equalsIgnoreCase(name)) {
                values.add(field.substring(colon + 1).strip());
            }
        }
        return values;
    }

    private static void framing(List<String> fields, boolean old, Framing framing) {
        List<String> lengths = values(fields, "content-length");
        List<String> codings = values(fields, "transfer-encoding");
        require(lengths.size() + codings.size() <= 1, "two opinions about the length");
        switch (framing) {
            case Framing.None _ -> require(lengths.isEmpty() && codings.isEmpty(), "a length that was overlooked");
            case Framing.Length(long length) ->
                require(
                        lengths.size() == 1
                                && lengths.getFirst().matches("[0-9]+")
                                && new java.math.BigInteger(lengths.getFirst()).longValueExact() == length,
                        "another length");
            case Framing.Chunked _ ->
                require(!old && codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked"), "not chunked");
        }
    }

    private static void body(byte[] bytes, Reading.Message message) {
        byte[] onWire = Arrays.copyOfRange(bytes, message.bodyStart(), message.end());
        byte[] expected = switch (message.head().framing()) {
            case Framing.Chunked _ -> unchunked(new String(onWire, StandardCharsets.ISO_8859_1));
            case Framing.None _ -> new byte[0];
            case Framing.Length(long length) -> {
                require(onWire.length == length, "a body of another length");
                yield onWire;
            }
        };
        require(Arrays.equals(expected, message.body()), "a body of other bytes than those that came");
    }

    /** The data of all chunks; the last one, its trailer section and nothing else end the text. */
    private static byte[] unchunked(String text) {
        var data = new ByteArrayOutputStream();
        int at = 0;
        while (true) {
            int lineEnd = text.indexOf("\r\n", at);
            require(lineEnd > at, "a chunk without a first line");
            String size = text.substring(at, lineEnd).split("[; \t]", 2)[0];
            int length = Math.toIntExact(Long.parseLong(size, 16));
            at = lineEnd + 2;
            if (length == 0) {
                break;
            }
            data.writeBytes(text.substring(at, at + length).getBytes(StandardCharsets.ISO_8859_1));
            require(text.startsWith("\r\n", at + length), "a chunk that does not end where its size says");
            at += length + 2;
        }
        String trailers = text.substring(at);
        boolean whole = trailers.equals("\r\n") || trailers.indexOf("\r\n\r\n") == trailers.length() - 4;
        require(whole, "a body that does not end with its trailer section");
        return data.toByteArray();
    }
}
