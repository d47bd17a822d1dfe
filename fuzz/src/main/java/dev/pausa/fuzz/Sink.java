package dev.pausa.fuzz;

import static dev.pausa.fuzz.Violation.require;

import dev.pausa.exchange.Output;
import dev.pausa.exchange.ResponseHead;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where the response goes. The application's n-th byte has the value n, so order and gaps are seen. */
final class Sink implements Output {
    private final Runnable meanwhile;
    private final Consumer<Runnable> guard;
    private ResponseHead.@Nullable Committed head;
    private int yielded;
    private int sent;
    private boolean ended;
    private boolean aborted;
    private boolean gone;
    private boolean lost;
    private int inside;

    /** Whether something happened that lets the head be sent: data, or the end (P19). */
    boolean committable;

    /** Whether the head may be held back: nothing followed it yet. */
    private boolean held;

    /** {@code meanwhile} is what happens while the output is at work; {@code guard} keeps violations. */
    Sink(Runnable meanwhile, Consumer<Runnable> guard) {
        this.meanwhile = meanwhile;
        this.guard = guard;
    }

    /** The next bytes of the application's. */
    ByteBuffer bytes(int count) {
        var bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            bytes.put((byte) yielded++);
        }
        return bytes.flip();
    }

    /** Bytes that the application was not allowed to send. */
    void takeBack(int count) {
        yielded -= count;
    }

    /** The transport tells that the client is gone: nothing may be sent any more but what is being sent. */
    void lost() {
        gone = true;
        lost = inside == 0;
    }

    /** A task begins: what was being sent is. */
    void taskBegins() {
        lost = gone;
    }

    @Override
    public void head(ResponseHead.Committed committed) {
        guard.accept(() -> {
            require(head == null, "two heads");
            require(committable || committed.code() >= 500, "a head without data (P19)");
            sending();
        });
        head = committed;
        held = true;
        meanwhile();
    }

    @Override
    public void write(ByteBuffer chunk) {
        guard.accept(() -> {
            sending();
            body(chunk);
        });
        held = false;
        meanwhile();
    }

    private void body(ByteBuffer chunk) {
        ResponseHead.Committed fixed = head;
        if (fixed == null) {
            throw new Violation("a body without a head");
        }
        require(!fixed.bodyless(), "a body where none may be (P23)");
        require(chunk.hasRemaining(), "an empty write");
        boolean own = fixed.code() < 500;
        for (int at = chunk.position(); at < chunk.limit(); at++) {
            require(!own || chunk.get(at) == (byte) sent, "other bytes than the application's, or a gap");
            sent++;
        }
        require(fixed.contentLength() < 0 || sent <= fixed.contentLength(), "more than Content-Length");
    }

    @Override
    public void flush() {
        held = false;
        meanwhile();
    }

    @Override
    public void end() {
        guard.accept(() -> {
            ResponseHead.Committed fixed = head;
            if (fixed == null) {
                throw new Violation("an end without a head");
            }
            boolean cut = !fixed.bodyless() && fixed.contentLength() >= 0 && sent < fixed.contentLength();
            require(!cut, "a short body that ends like a whole one (P24)");
            sending();
        });
        ended = true;
        meanwhile();
    }

    @Override
    public void abort() {
        guard.accept(() -> {
            require(!aborted, "two aborts");
            require(!lost, "an abort for nobody");
        });
        aborted = true;
        meanwhile();
    }

    private void sending() {
        require(!ended && !aborted, "something was sent after the end");
        require(!lost, "something was sent to nobody (P27)");
    }

    private void meanwhile() {
        inside++;
        meanwhile.run();
        inside--;
    }

    /** P17: what was yielded is sent at once; called before each step and when the request parks. */
    void checkSent() {
        ResponseHead.Committed fixed = head;
        int due = fixed == null || fixed.bodyless() ? 0 : yielded;
        if (fixed != null && fixed.contentLength() >= 0) {
            due = (int) Math.min(due, fixed.contentLength());
        }
        require(sent == due, "of " + due + " bytes only " + sent + " were sent (P17)");
    }

    /** P18. */
    void checkFlushed() {
        require(!held, "parked with the head held back (P18)");
    }

    /** Whether the response is complete and on its way. */
    boolean draining() {
        return ended && !aborted && !gone;
    }

    boolean aborted() {
        return aborted;
    }
}
