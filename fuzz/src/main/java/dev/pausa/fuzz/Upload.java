package dev.pausa.fuzz;

import static dev.pausa.fuzz.Violation.require;

import dev.pausa.exchange.RequestInput;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The request body, fed by the client and read by whom the script says. The n-th byte has the value n. */
final class Upload {
    private static final int CAPACITY = 16;

    private final Script script;
    private final Life life;
    private int fed;
    private int read;
    private boolean wanted;
    private boolean ended;
    private boolean failed;

    final RequestInput input = new RequestInput(
            new RequestInput.Source() {
                @Override
                public void wanted() {
                    require(!wanted, "asked for the body twice (P57)");
                    wanted = true;
                }

                @Override
                public void drained() {}
            },
            CAPACITY);

    Upload(Script script, Life life) {
        this.script = script;
        this.life = life;
    }

    void act(Callbacks callbacks) {
        switch (script.next(6)) {
            case 0, 1, 2 -> {
                callbacks.inputComes();
                feed(1 + script.next(CAPACITY));
            }
            case 3 -> {
                callbacks.inputComes();
                ended = true;
                input.end();
            }
            case 4 -> read(1 + script.next(2 * CAPACITY));
            default -> {
                if (script.seldom(4)) {
                    callbacks.inputComes();
                    failed = true;
                    input.fail("the client is gone");
                }
            }
        }
    }

    private void feed(int count) {
        var bytes = ByteBuffer.allocate(count);
        boolean counts = !ended && !failed;
        for (int i = 0; i < count; i++) {
            bytes.put((byte) (fed + i));
        }
        fed += counts ? count : 0;
        input.feed(bytes.flip());
    }

    private void read(int most) {
        var into = new byte[most];
        int count;
        try {
            count = input.readNowait(into, 0, most);
        } catch (IOException gone) {
            require(failed || !life.alive(), "a read raised while the client is there (P27)");
            return;
        }
        require(count >= 0 || ended && read == fed, "the end of the input, and it is none");
        for (int i = 0; i < count; i++) {
            require(into[i] == (byte) read++, "other bytes than the client's, or a gap");
        }
        require(read <= fed, "more bytes than the client's");
    }
}
