package dev.pausa.fuzz;

import static dev.pausa.fuzz.Violation.require;

import dev.pausa.exchange.Event;
import dev.pausa.exchange.Exchange;
import dev.pausa.exchange.ExchangeListener;
import dev.pausa.exchange.PausePolicy;
import dev.pausa.exchange.PausePolicy.Affinity;
import dev.pausa.exchange.TaskQueue.Home;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Variables;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One exchange from its beginning to its release, and an account of what it owes. */
final class Life implements ExchangeListener {
    private static final int DEPTH = 4;
    private static final int PATIENCE = 1000;
    private static final List<Affinity> AFFINITIES = List.of(Affinity.AUTO, Affinity.ALWAYS, Affinity.NEVER);

    private final Script script;
    private final Ports ports;
    private final PausePolicy policy;
    private final Sink sink;
    private final Exchange exchange;
    private final Epoch epoch;
    private final Upload upload;
    private final Callbacks callbacks;
    private final App app;

    /** The reasons that it may give for its end by now. */
    private final Set<CloseReason> justified = EnumSet.noneOf(CloseReason.class);

    private @Nullable Violation first;
    private int depth;
    private boolean slow;
    private boolean half;
    private boolean lost;
    private boolean flushed;
    private boolean parked;
    private boolean parkedSinceTask;
    private boolean inside;
    private boolean released;
    private @Nullable Home home;
    private @Nullable Home homeNow;

    Life(Script script) {
        this.script = script;
        ports = new Ports(script);
        policy = new PausePolicy(
                true, script.seldom(4) ? Duration.ofMillis(50) : null, script.of(AFFINITIES), script.seldom(4));
        sink = new Sink(this::meanwhile, this::guard);
        var environ = new Environ(new Variables());
        upload = new Upload(script, this);
        environ.put(Environ.INPUT, upload.input);
        app = new App(this, script, sink);
        exchange = new Exchange(app, environ, script.seldom(5), sink, ports, ports, this, policy);
        epoch = new Epoch(this, ports, Objects.requireNonNull(environ.get(Environ.PAUSE_OUTPUT)));
        callbacks = new Callbacks(
                this,
                ports,
                epoch,
                Objects.requireNonNull(environ.get(Environ.CALL_LATER)),
                Objects.requireNonNull(environ.get(Environ.INPUT_HANDLER)),
                upload.input);
    }

    /** Plays the script, and then lets the request come to its end. */
    void live() {
        exchange.begin();
        while (!script.ended() && !released) {
            if (script.next(3) == 0) {
                run();
            } else {
                act();
            }
            rest();
        }
        for (int i = 0; !released; i++) {
            require(i < PATIENCE, "it never ends");
            run();
            settle();
            rest();
        }
        epoch.checkDead();
        late();
        ports.checkIdle();
    }

    private void run() {
        ports.run(script.next(2), this::bound);
    }

    /** What lets a request go on that has no more to say. */
    private void settle() {
        if (slow) {
            slow = false;
            exchange.on(Event.WRITABLE);
        }
        epoch.wake();
        ports.pass(100);
        if (sink.draining() && app.closed()) {
            flushed();
        }
    }

    private void late() {
        exchange.on(Event.WRITABLE);
        exchange.on(Event.HALF_CLOSED);
        exchange.cut(CloseReason.SHUTDOWN);
        require(!exchange.cutIfParked(CloseReason.TIMEOUT), "parked after the release");
        callbacks.callLater(0, 0);
        callbacks.register(0);
        callbacks.cancel(0);
    }

    /** P38: on which thread a task is run. */
    private void bound(Home here) {
        boolean may = switch (policy.affinity()) {
            case AUTO -> home == null || parkedSinceTask || here.equals(home);
            case ALWAYS -> home == null || here.equals(home);
            case NEVER -> true;
        };
        require(may, "a task on another thread than the one before (P38)");
        homeNow = here;
    }

    /** Nobody is at it: what must hold then. */
    private void rest() {
        if (first != null) {
            throw first;
        }
        CloseReason reason = reason();
        require(exchange.parked() == parked, "parked, and not told, or the other way round");
        if (!alive()) {
            require(justified.contains(reason), "it gives a wrong reason: " + reason);
            require(app.closed() || ports.queued() || released, "nobody will close the body (P25)");
        } else {
            boolean due = !epoch.open() && !slow;
            require(!due || ports.queued() || ports.backsOff(), "a lost wake-up: no gate is shut, nothing is queued");
            require(!callbacks.due() || ports.queued(), "a callback waits for ever (P31, P53)");
            require(!parked || epoch.open(), "parked without a pause");
            require(!(parked && half && !policy.keepHalfClosed()), "parked, and the client may be gone (P28)");
        }
    }

    // The account.

    /** Whether closing has not begun. */
    boolean alive() {
        CloseReason reason = reason();
        return reason == null || reason == CloseReason.HALF_CLOSED;
    }

    @Nullable
    CloseReason reason() {
        return exchange.closeReason();
    }

    void justify(CloseReason reason) {
        justified.add(reason);
    }

    /** The bound of a pause may be reached (P32). */
    void bounded() {
        justify(CloseReason.TIMEOUT);
    }

    boolean slow() {
        return slow;
    }

    boolean busy() {
        return inside;
    }

    Epoch epoch() {
        return epoch;
    }

    Upload upload() {
        return upload;
    }

    /** A step begins. */
    void stepBegins() {
        require(!epoch.open(), "a step while an epoch is open");
        require(!slow, "a step while the client reads slowly");
        sink.checkSent();
        taskBegins();
        require(alive(), "a step after closing began");
    }

    /** Any task begins. */
    void taskBegins() {
        require(!inside, "two tasks at once (P36)");
        require(!parked, "a task while parked");
        require(!ports.queued(), "something is queued while a task runs");
        require(!app.closed(), "a task after close() (P25)");
        sink.taskBegins();
        inside = true;
        home = homeNow;
        parkedSinceTask = false;
    }

    void taskEnds() {
        inside = false;
    }

    /** A callback runs as a task. */
    void callback(Runnable begins) {
        guard(() -> {
            begins.run();
            require(alive(), "a callback after closing began");
            taskBegins();
            acts(3);
            taskEnds();
        });
    }

    /** Keeps the first violation, which the exchange would take for the application's failure. */
    void guard(Runnable action) {
        try {
            action.run();
        } catch (Violation violation) {
            if (first == null) {
                first = violation;
            }
        }
    }

    // What happens.

    /** Up to {@code most} things. */
    void acts(int most) {
        for (int i = script.next(most + 1); i > 0; i--) {
            act();
        }
    }

    private void meanwhile() {
        if (script.seldom(4)) {
            act();
        }
    }

    private void act() {
        if (depth == DEPTH) {
            return;
        }
        depth++;
        guard(() -> {
            switch (script.next(4)) {
                case 0 -> pausing();
                case 1 -> transport();
                case 2 -> waiting();
                default -> upload.act(callbacks);
            }
        });
        depth--;
    }

    private void pausing() {
        switch (script.next(6)) {
            case 0, 1 -> epoch.pause();
            case 2, 3 -> epoch.resume(script.next(8));
            case 4 -> epoch.pending(script.next(8));
            default -> epoch.drop(script.next(8));
        }
    }

    private void waiting() {
        switch (script.next(8)) {
            case 0, 1 -> callbacks.callLater(script.next(4), script.next(4));
            case 2 -> callbacks.cancel(script.next(8));
            case 3, 4 -> callbacks.register(script.next(4));
            case 5 -> cut(script.seldom(2) ? CloseReason.TIMEOUT : CloseReason.SHUTDOWN);
            case 6 -> cutIfParked();
            default -> ports.pass(script.next(60));
        }
    }

    private void cut(CloseReason reason) {
        boolean ends = alive();
        justify(reason);
        exchange.cut(reason);
        require(!ends || !alive(), "cut, and alive");
    }

    private void cutIfParked() {
        boolean expected = parked;
        if (expected) {
            justify(CloseReason.TIMEOUT);
        }
        require(exchange.cutIfParked(CloseReason.TIMEOUT) == expected, "cutIfParked should have answered " + expected);
    }

    private void transport() {
        int what = script.next(8);
        if (lost || released) {
            return;
        }
        switch (what) {
            case 0, 1 -> {
                if (!app.writing()) {
                    slow = true;
                    exchange.on(Event.CONGESTED);
                }
            }
            case 2, 3, 4 -> {
                slow = false;
                exchange.on(Event.WRITABLE);
            }
            case 5 -> {
                half = true;
                if (!policy.keepHalfClosed()) {
                    justify(CloseReason.DISCONNECT);
                }
                exchange.on(Event.HALF_CLOSED);
            }
            case 6 -> flushed();
            default -> disconnected();
        }
    }

    private void disconnected() {
        boolean ends = alive();
        lost = true;
        justify(CloseReason.DISCONNECT);
        sink.lost();
        exchange.on(Event.DISCONNECTED);
        require(!ends || reason() == CloseReason.DISCONNECT, "the client left, and the reason is " + reason());
    }

    private void flushed() {
        if (sink.draining() && !flushed && !lost) {
            flushed = true;
            exchange.on(Event.FLUSHED);
        }
    }

    // What the exchange tells.

    @Override
    public void parked(Exchange from, long nanos) {
        guard(() -> {
            require(!parked, "parked twice");
            parked = true;
            parkedSinceTask = true;
            sink.checkSent();
            sink.checkFlushed();
        });
    }

    @Override
    public void unparked(Exchange from, long nanos) {
        guard(() -> {
            require(parked, "unparked twice");
            parked = false;
        });
    }

    @Override
    public void pauseLeaked(Exchange from) {
        guard(epoch::tellLeaked);
    }

    @Override
    public void applicationFailed(Exchange from, Throwable failure, boolean clientGone) {
        guard(() -> require(app.failed(failure), "the application failed, and did not: " + failure));
    }

    @Override
    public void released(Exchange from, CloseReason reason, long nanos) {
        guard(() -> {
            require(!released, "released twice");
            released = true;
            require(app.closed() || !app.returned(), "released, and the body is open (P25)");
            require(reason == from.closeReason(), "released for another reason");
            require(flushed || lost || sink.aborted(), "released, and bytes are still on their way");
        });
    }
}
