package dev.pausa.fuzz;

import static dev.pausa.fuzz.Violation.require;

import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.PauseOutput;
import dev.pausa.wsgi.Resume;
import java.util.ArrayList;
import java.util.List;

/** Who may end the open epoch, and whether a call must have done so (P4 to P16): an account beside the exchange's own. */
final class Epoch {
    private final Life life;
    private final Ports ports;
    private final PauseOutput pause;
    private final List<Held> held = new ArrayList<>();
    private boolean open;
    private int number;
    private int holders;

    /** How many epochs ended because nobody held a resume any more, and how many of them the exchange told. */
    private int leaked;

    private int told;

    /** A resume that somebody holds. */
    static final class Held {
        final Resume resume;
        final int epoch;
        private boolean dropped;

        Held(Resume resume, int epoch) {
            this.resume = resume;
            this.epoch = epoch;
        }
    }

    Epoch(Life life, Ports ports, PauseOutput pause) {
        this.life = life;
        this.ports = ports;
        this.pause = pause;
    }

    /** Whether the PAUSE gate must be shut. */
    boolean open() {
        return open && life.alive();
    }

    void pause() {
        boolean alive = life.alive();
        if (alive && !open) {
            open = true;
            number++;
            holders = 0;
        }
        int mine = alive ? number : 0;
        holders += alive ? 1 : 0;
        ports.onRing = life::bounded;
        Resume resume = pause.pause();
        ports.onRing = Ports.NOTHING;
        held.add(new Held(resume, mine));
    }

    /** Calls one of those that are held. */
    void resume(int which) {
        if (!held.isEmpty()) {
            Held called = held.get(which % held.size());
            boolean expected = ended(called.epoch);
            require(called.resume.resume() == expected, "resume() should have answered " + expected + " (P8)");
        }
    }

    /** A call of a resume of this epoch: answers whether that must end it. */
    boolean ended(int epoch) {
        boolean ends = open() && epoch == number;
        open &= !ends;
        return ends;
    }

    void pending(int which) {
        if (!held.isEmpty()) {
            Held asked = held.get(which % held.size());
            boolean expected = open() && asked.epoch == number;
            require(asked.resume.pending() == expected, "pending should be " + expected + " (P15)");
        }
    }

    void drop(int which) {
        if (!held.isEmpty()) {
            Held dropped = held.get(which % held.size());
            boolean first = !dropped.dropped;
            dropped.dropped = true;
            if (first) {
                released(dropped.epoch);
            }
            dropped.resume.dropped();
        }
    }

    /** One to be handed to a timer, which then holds the epoch as well. */
    Held another(int which) {
        if (held.isEmpty()) {
            pause();
        }
        Held given = held.get(which % held.size());
        int epoch = open() && given.epoch == number ? number : 0;
        holders += epoch > 0 ? 1 : 0;
        return new Held(given.resume, epoch);
    }

    /** Somebody who held the epoch lets go without a call. */
    void released(int epoch) {
        if (open() && epoch == number && --holders == 0) {
            open = false;
            leaked++;
        }
    }

    /** The exchange tells of a leak. */
    void tellLeaked() {
        told++;
        require(told <= leaked, "a leak that was none (P16)");
    }

    /** The request is over. */
    void checkDead() {
        require(told == leaked, "a leak was not told (P16)");
        for (Held each : held) {
            require(!each.resume.resume() && !each.resume.pending(), "a resume outlived its request (P14)");
        }
        require(!pause.pause().resume(), "a pause after the end (P5)");
        require(life.reason() != null && life.reason() != CloseReason.HALF_CLOSED, "over without a reason (P30)");
    }

    /** Lets the request go on: somebody calls each resume. */
    void wake() {
        for (int i = 0; i < held.size(); i++) {
            resume(i);
        }
    }
}
