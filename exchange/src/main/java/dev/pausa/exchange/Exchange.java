package dev.pausa.exchange;

import dev.pausa.exchange.PausePolicy.Affinity;
import dev.pausa.exchange.State.Live;
import dev.pausa.exchange.State.Over;
import dev.pausa.exchange.State.Stepping;
import dev.pausa.exchange.State.Suspended;
import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Input;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request's life. Whatever happens is told to {@link Transitions} under the monitor; what it commands is done
 * afterwards, outside.
 */
public final class Exchange {
    /** So many steps in a row one request may take while others wait for its thread ... */
    private static final int SLICE = 16;

    /** ... or one more after so long (P11): a step may be slow. */
    private static final long SLICE_NANOS = 1_000_000;

    private final Environ environ;
    private final Output output;
    private final TaskQueue tasks;
    private final Clock clock;
    private final ExchangeListener listener;
    private final PausePolicy policy;
    private final TaskQueue.Task task = this::run;
    private final Response response;
    private final Callbacks callbacks;
    private final Epochs epochs;
    private final Tasks inside;
    private final @Nullable RequestInput input;

    // Written under the monitor; read anywhere.
    private volatile State state = State.Ready.CLEAR;
    private volatile TaskQueue.@Nullable Home home;
    private volatile @Nullable Notices notices;

    // Guarded by the monitor.
    private final BackOff backOff = new BackOff();
    private Clock.@Nullable Alarm backOffAlarm;
    private boolean writerWaits;
    private boolean taken;

    private volatile boolean halfClosed;

    /**
     * An exchange that has not begun. Puts {@code wsgi.pause_output} (P1), {@code wsgi.input_handler},
     * {@code wsgi.early_hints}, {@code pausa.call_later} and {@code pausa.close_reason} into {@code environ}; its {@code wsgi.input}, if a
     * {@link RequestInput}, is failed and closed with the request.
     *
     * @param head whether the request method is HEAD
     */
    public Exchange(
            Application application,
            Environ environ,
            boolean head,
            Output output,
            TaskQueue tasks,
            Clock clock,
            ExchangeListener listener,
            PausePolicy policy) {
        this.environ = environ;
        this.output = output;
        this.tasks = tasks;
        this.clock = clock;
        this.listener = listener;
        this.policy = policy;
        this.response = new Response(output, head);
        this.callbacks = new Callbacks(this, clock);
        this.epochs = new Epochs(this, clock, policy.timeout());
        this.inside = new Tasks(this, application, response, callbacks, clock, listener);
        Input body = environ.get(Environ.INPUT);
        this.input = body instanceof RequestInput ours ? ours : null;
        if (policy.enabled()) {
            environ.put(Environ.PAUSE_OUTPUT, epochs);
            if (body != null && (input != null || Input.EMPTY.equals(body))) {
                environ.put(Environ.INPUT_HANDLER, new InputHandlers(this, callbacks, body));
            }
        }
        environ.put(Environ.EARLY_HINTS, response);
        environ.put(Environ.CALL_LATER, new Timers(callbacks, clock));
        environ.put(Environ.CLOSE_REASON, this::closeReason);
    }

    /** Queues step 0. Called once. */
    public void begin() {
        tasks.start(task);
    }

    /** Tells the exchange what happened to the connection or stream. Any thread. */
    public void on(Event event) {
        switch (event) {
            case DISCONNECTED -> tell(Moment.DISCONNECTED);
            case HALF_CLOSED -> {
                halfClosed = true;
                if (!policy.keepHalfClosed()) {
                    tell(Moment.HALF_CLOSED);
                }
            }
            case CONGESTED -> tell(Moment.CONGESTED);
            case WRITABLE -> tell(Moment.WRITABLE);
            case FLUSHED -> tell(Moment.FLUSHED);
        }
    }

    /**
     * Ends the request wherever it is: 503 if nothing was sent, otherwise an abnormal end; then close(). If a task runs,
     * when that comes out. Any thread; without effect if closing began, but for a complete response that is still on its
     * way: that is aborted.
     *
     * @param reason {@link CloseReason#TIMEOUT} or {@link CloseReason#SHUTDOWN}
     */
    public void cut(CloseReason reason) {
        tell(moment(reason));
    }

    /** As {@link #cut}, but only while parked; answers whether it was (P35). Any thread. */
    public boolean cutIfParked(CloseReason reason) {
        Step step;
        synchronized (this) {
            if (!parked(state)) {
                return false;
            }
            step = move(moment(reason));
        }
        perform(step);
        return true;
    }

    /** As {@link #cut}, but only as long as no thread has begun it; answers whether none had. Any thread. */
    public boolean cutIfWaiting(CloseReason reason) {
        Step step;
        synchronized (this) {
            if (taken || !(state instanceof State.Ready)) {
                return false;
            }
            step = move(moment(reason));
        }
        perform(step);
        return true;
    }

    private static Moment moment(CloseReason reason) {
        return switch (reason) {
            case TIMEOUT -> Moment.TIMED_OUT;
            case SHUTDOWN -> Moment.SHUT_DOWN;
            default -> throw new IllegalArgumentException("not a reason to cut a request: " + reason);
        };
    }

    /** Whether the PAUSE gate is shut and no task is running or queued. */
    public boolean parked() {
        return parked(state);
    }

    /** Whether the response head was handed to the output. */
    public boolean committed() {
        return response.committed();
    }

    /** Whether the client has the whole response, or will. For the thread inside a task. */
    public boolean answered() {
        return response.complete();
    }

    /** Why the request ended or is about to (P30). */
    public @Nullable CloseReason closeReason() {
        if (state instanceof Over over) {
            return over.reason();
        }
        return halfClosed ? CloseReason.HALF_CLOSED : null;
    }

    /** The environ that it was made with. */
    public Environ environ() {
        return environ;
    }

    // The driver.

    private void run(TaskQueue.Home here) {
        Moment moment = Moment.TAKEN;
        long end = 0;
        for (int steps = 0; moment != null; steps++) {
            boolean mayGoOn = true;
            if (steps > 0 && tasks.contended(here)) {
                long now = clock.nanos();
                end = end == 0 ? now + SLICE_NANOS : end;
                mayGoOn = steps < SLICE && now - end < 0;
            }
            Step step = advance(moment, here, mayGoOn);
            if (moment == Moment.FAILED) {
                inside.tellFailure();
            }
            moment = perform(step);
        }
    }

    /** A thread of the worker tells how it came in or out; it goes on with what is due if it may. */
    private synchronized Step advance(Moment moment, TaskQueue.Home here, boolean mayGoOn) {
        taken = true;
        Step step = move(moment);
        if (mayGoOn && step.goesOn()) {
            step = move(Moment.TAKEN);
            moment = Moment.TAKEN;
        }
        if (moment == Moment.TAKEN && policy.affinity() != Affinity.NEVER && !(step.next() instanceof Suspended)) {
            home = here;
        }
        return step;
    }

    void tell(Moment moment) {
        Step step;
        synchronized (this) {
            step = move(moment);
        }
        perform(step);
    }

    /** Applies the table. The caller holds the monitor, and performs the commands after it has left it. */
    Step move(Moment moment) {
        State before = state;
        Step step = Transitions.on(before, moment);
        State after = step.next();
        if (moment == Moment.YIELDED || moment == Moment.RESUMED) {
            backOff.reset();
        }
        state = after;
        if (before instanceof Suspended || after instanceof Suspended) {
            notice(before, after);
        }
        if (writerWaits) {
            notifyAll();
        }
        return step;
    }

    private void notice(State before, State after) {
        if (parked(before) != parked(after)) {
            notices().add(parked(after) ? Notices.Kind.PARKED : Notices.Kind.UNPARKED, clock.nanos(), null);
        }
        if (stalled(before) != stalled(after)) {
            notices().add(stalled(after) ? Notices.Kind.STALLED : Notices.Kind.UNSTALLED, clock.nanos(), home);
        }
        if (parked(after) && policy.affinity() == Affinity.AUTO) {
            home = null;
        }
    }

    private Notices notices() {
        Notices made = notices;
        if (made == null) {
            made = new Notices(this, listener);
            notices = made;
        }
        return made;
    }

    private static boolean parked(State state) {
        return state instanceof Suspended suspended && suspended.terms().paused();
    }

    private static boolean stalled(State state) {
        return state instanceof Suspended suspended
                && !suspended.terms().paused()
                && suspended.terms().shut().shut(Gate.BACKPRESSURE);
    }

    /** Does what the table commands, in order; answers how the task among it came out, if there was one. */
    @Nullable
    Moment perform(Step step) {
        Notices waiting = notices;
        if (waiting != null) {
            waiting.deliver();
        }
        List<Command> commands = step.commands();
        Moment outcome = null;
        for (int i = 0; i < commands.size(); i++) {
            switch (commands.get(i)) {
                case GO_ON, QUEUE -> tasks.again(task, home);
                case STEP -> outcome = inside.step();
                case CALL -> outcome = inside.call();
                case CLOSE -> outcome = inside.close();
                case FLUSH -> {
                    output.flush();
                    outcome = Moment.SETTLED;
                }
                case END -> response.end();
                case FAIL -> ended(response.fail());
                case CUT -> ended(response.cut(((Over) step.next()).reason()));
                case ABORT -> {
                    output.abort();
                    ended(true);
                }
                case BACK_OFF -> backOff();
                case DISARM -> disarm(((Over) step.next()).reason());
                case RELEASE -> release();
            }
        }
        return outcome;
    }

    private void ended(boolean aborted) {
        if (aborted) {
            tell(Moment.ABORTED);
        }
    }

    // What tasks, epochs and timers ask for.

    /** Where it is; changes only under the monitor. */
    State state() {
        return state;
    }

    Epochs epochs() {
        return epochs;
    }

    Tasks inside() {
        return inside;
    }

    /** Under the monitor. */
    BackOff emptySteps() {
        return backOff;
    }

    /** Waits for as long as a step runs while the client reads too slowly. */
    synchronized void awaitWritable() throws IOException {
        try {
            while (state instanceof Stepping stepping && stepping.terms().shut().shut(Gate.BACKPRESSURE)) {
                writerWaits = true;
                wait();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the client reads slowly");
        } finally {
            writerWaits = false;
        }
    }

    void callDue(Callbacks.Armed callback) {
        Step step;
        synchronized (this) {
            if (!(state instanceof Live)) {
                return;
            }
            callbacks.due(callback);
            step = move(Moment.CALL_DUE);
        }
        perform(step);
    }

    // Other commands.

    private void backOff() {
        long nanos;
        synchronized (this) {
            nanos = backOff.nextNanos();
        }
        Clock.Alarm alarm = clock.after(nanos, () -> tell(Moment.BACKED_OFF));
        synchronized (this) {
            if (state instanceof Live) {
                backOffAlarm = alarm;
                return;
            }
        }
        alarm.cancel();
    }

    private void disarm(CloseReason reason) {
        Clock.Alarm alarm = backOffAlarm; // Not set any more, and this thread has seen it if it was.
        if (alarm != null) {
            alarm.cancel();
        }
        epochs.disarm();
        callbacks.close();
        RequestInput reading = input;
        if (reading != null && reason != CloseReason.END && reason != CloseReason.ERROR) {
            reading.fail("the request ended before its body was read: " + reason.text());
        }
    }

    private void release() {
        Notices waiting = notices; // None is made any more.
        long nanos = clock.nanos();
        if (waiting != null) {
            synchronized (this) {
                waiting.add(Notices.Kind.RELEASED, nanos, null);
            }
        }
        epochs.release();
        inside.release();
        if (input != null) {
            input.close();
        }
        if (waiting == null) {
            tellReleased(nanos);
        } else {
            waiting.deliver();
        }
    }

    void tellLeaked() {
        listener.pauseLeaked(this);
    }

    void tellReleased(long nanos) {
        CloseReason reason = closeReason();
        listener.released(this, reason == null ? CloseReason.END : reason, nanos);
    }
}
