package dev.pausa.fuzz;

import static dev.pausa.fuzz.Violation.require;

import dev.pausa.http1.HeadLimits;
import dev.pausa.http1.Refusal;
import dev.pausa.http1.RequestHead.Framing;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;

/**
 * The bytes of a connection, given to {@link dev.pausa.http1.RequestReader} whole, byte by byte, and in pieces that the
 * bytes themselves choose.
 *
 * <p>Nothing is raised; the elements do not depend on the pieces; a refusal is the last one; no more is held back than the
 * limits allow; {@link SecondOpinion} agrees with every head and every body; and what was accepted, written in its plainest
 * form, is accepted as the same.
 */
public final class ParserTarget {
    /** Small enough to be exceeded by short inputs. */
    private static final HeadLimits SMALL = new HeadLimits(48, 4, 40, 96, 16);

    private static final Set<Integer> STATUSES = Set.of(400, 413, 414, 417, 431, 501, 505);

    private ParserTarget() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        check(bytes, HeadLimits.DEFAULT);
        check(bytes, SMALL);
    }

    private static void check(byte[] bytes, HeadLimits limits) {
        Reading whole = Reading.of(bytes, limits, Pieces.whole(bytes));
        same(whole, Reading.of(bytes, limits, Pieces.single(bytes)), "byte by byte");
        same(whole, Reading.of(bytes, limits, Pieces.chosenBy(bytes)), "in pieces");
        for (Reading.Message message : whole.messages()) {
            SecondOpinion.on(bytes, message);
            writtenAnew(message, limits);
        }
        Refusal refusal = whole.refusal();
        if (refusal != null) {
            require(STATUSES.contains(refusal.status()), "status " + refusal.status());
            require(refusal.reason().chars().allMatch(c -> c >= 0x20 && c < 0x7f), "a reason not fit for a log line");
        }
    }

    private static void same(Reading whole, Reading other, String how) {
        require(Objects.equals(whole.refusal(), other.refusal()), how + ": " + other.refusal());
        require(whole.inRequest() == other.inRequest(), how + ": inRequest");
        require(whole.messages().size() == other.messages().size(), how + ": the number of requests");
        for (int i = 0; i < whole.messages().size(); i++) {
            Reading.Message one = whole.messages().get(i);
            Reading.Message two = other.messages().get(i);
            require(Arrays.equals(one.head().bytes(), two.head().bytes()), how + ": the bytes of a head");
            require(one.says().equals(two.says()), how + ": " + two.says());
            require(one.bodyStart() == two.bodyStart() && one.end() == two.end(), how + ": where a body is");
            require(Arrays.equals(one.body(), two.body()), how + ": the bytes of a body");
        }
    }

    private static void writtenAnew(Reading.Message message, HeadLimits limits) {
        var plain = new ByteArrayOutputStream();
        plain.writeBytes(message.plainHead().getBytes(StandardCharsets.ISO_8859_1));
        if (message.complete()) {
            writeBody(plain, message);
        }
        byte[] bytes = plain.toByteArray();
        Reading again = Reading.of(bytes, limits, Pieces.whole(bytes));
        require(again.refusal() == null, "written anew it is refused: " + again.refusal());
        require(
                again.messages().size() == 1,
                "written anew it is " + again.messages().size() + " requests");
        Reading.Message same = again.messages().getFirst();
        require(same.says().equals(message.says()), "written anew: " + same.says());
        if (message.complete()) {
            require(same.end() == bytes.length, "written anew it ends elsewhere");
            require(Arrays.equals(same.body(), message.body()), "written anew it has another body");
        }
    }

    private static void writeBody(ByteArrayOutputStream to, Reading.Message message) {
        byte[] body = message.body();
        if (!(message.head().framing() instanceof Framing.Chunked)) {
            to.writeBytes(body);
            return;
        }
        if (body.length > 0) {
            to.writeBytes((Integer.toHexString(body.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            to.writeBytes(body);
            to.writeBytes(new byte[] {'\r', '\n'});
        }
        to.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
}
