package dev.pausa.exchange;

import static dev.pausa.exchange.Command.ABORT;
import static dev.pausa.exchange.Command.BACK_OFF;
import static dev.pausa.exchange.Command.CALL;
import static dev.pausa.exchange.Command.CLOSE;
import static dev.pausa.exchange.Command.CUT;
import static dev.pausa.exchange.Command.DISARM;
import static dev.pausa.exchange.Command.END;
import static dev.pausa.exchange.Command.FAIL;
import static dev.pausa.exchange.Command.FLUSH;
import static dev.pausa.exchange.Command.GO_ON;
import static dev.pausa.exchange.Command.QUEUE;
import static dev.pausa.exchange.Command.RELEASE;
import static dev.pausa.exchange.Command.STEP;

import dev.pausa.exchange.State.Calling;
import dev.pausa.exchange.State.CloseDue;
import dev.pausa.exchange.State.Closing;
import dev.pausa.exchange.State.Doomed;
import dev.pausa.exchange.State.Draining;
import dev.pausa.exchange.State.Parking;
import dev.pausa.exchange.State.Ready;
import dev.pausa.exchange.State.Released;
import dev.pausa.exchange.State.Stepping;
import dev.pausa.exchange.State.Suspended;
import dev.pausa.wsgi.CloseReason;
import java.util.List;

/**
 * The table. Rule 1: everything that decides what happens next lives in this file. Rule 2: it is a pure function; a pair
 * that is not in it throws and changes nothing.
 */
final class Transitions {
    private static final List<Command> NOTHING = List.of();
    private static final List<Command> TO_STEP = List.of(STEP);
    private static final List<Command> TO_GO_ON = List.of(GO_ON);
    private static final List<Command> TO_QUEUE = List.of(QUEUE);
    private static final List<Command> TO_FLUSH = List.of(FLUSH);
    private static final List<Command> TO_BACK_OFF = List.of(BACK_OFF);
    private static final List<Command> TO_END = List.of(DISARM, END, CLOSE);
    private static final List<Command> TO_FAIL = List.of(DISARM, FAIL, CLOSE);
    private static final List<Command> TO_CLOSE = List.of(CLOSE);
    private static final List<Command> TO_RELEASE = List.of(RELEASE);

    private Transitions() {}

    /**
     * What follows when {@code moment} happens in {@code state}.
     *
     * @throws IllegalStateException if that cannot happen
     */
    static Step on(State state, Moment moment) {
        return switch (state) {
            case Ready(Terms terms) -> moment == Moment.TAKEN ? enter(terms) : outside(state, terms, true, moment);
            case Suspended(Terms terms, boolean queued) ->
                moment == Moment.TAKEN && queued
                        ? go(new Suspended(terms, false), NOTHING)
                        : outside(state, terms, queued, moment);
            case Stepping stepping -> stepping(stepping, moment);
            case Calling(Terms terms) ->
                switch (moment) {
                    case CALLED -> comeOut(terms, TO_GO_ON, NOTHING);
                    case FAILED -> go(new Closing(CloseReason.ERROR, false), TO_FAIL);
                    default -> inside(state, terms, moment);
                };
            case Parking(Terms terms) -> moment == Moment.SETTLED ? settle(terms) : inside(state, terms, moment);
            case Doomed doomed -> doomed(doomed, moment);
            case CloseDue(CloseReason reason, boolean drained) ->
                moment == Moment.TAKEN
                        ? go(new Closing(reason, drained), TO_CLOSE)
                        : go(drains(state, moment) ? new CloseDue(reason, true) : state, NOTHING);
            case Closing(CloseReason reason, boolean drained) ->
                moment == Moment.BODY_CLOSED
                        ? drained ? go(new Released(reason), TO_RELEASE) : go(new Draining(reason), NOTHING)
                        : go(drains(state, moment) ? new Closing(reason, true) : state, NOTHING);
            case Draining(CloseReason reason) -> draining(state, reason, moment);
            case Released _ -> {
                drains(state, moment);
                yield go(state, NOTHING);
            }
        };
    }

    /** A thread took the entry: the step if it may begin, else a callback. After a step a callback goes first, so neither starves. */
    private static Step enter(Terms terms) {
        return terms.open() ? step(terms) : call(terms, NOTHING);
    }

    private static Step step(Terms terms) {
        return go(terms.clear() ? Stepping.CLEAR : new Stepping(terms, false), TO_STEP);
    }

    private static Step call(Terms terms, List<Command> first) {
        return go(new Calling(terms.calls(-1)), first.isEmpty() ? List.of(CALL) : List.of(first.getFirst(), CALL));
    }

    private static Step stepping(Stepping state, Moment moment) {
        Terms terms = state.terms();
        return switch (moment) {
            case YIELDED -> returned(terms, TO_GO_ON, NOTHING);
            case YIELDED_EMPTY -> returned(terms, TO_QUEUE, NOTHING);
            case YIELDED_EMPTY_AGAIN ->
                state.resumed() || terms.paused()
                        ? returned(terms, TO_QUEUE, NOTHING)
                        : returned(terms.shut(Gate.BACKOFF), TO_QUEUE, TO_BACK_OFF);
            // P23: code after the last yield runs, unless a gate is shut.
            case COMPLETED -> terms.open() ? step(terms) : end();
            case ENDED -> end();
            case FAILED -> go(new Closing(CloseReason.ERROR, false), TO_FAIL);
            case RESUMED -> go(new Stepping(change(state, terms, moment), true), NOTHING);
            // P16: an epoch that leaked during a step makes it a step without a pause; P21 judges its chunk.
            case LEAKED -> go(new Stepping(change(state, terms, Moment.RESUMED), state.resumed()), NOTHING);
            default -> inside(state, terms, moment);
        };
    }

    private static Step end() {
        return go(new Closing(CloseReason.END, false), TO_END);
    }

    private static Step returned(Terms terms, List<Command> further, List<Command> first) {
        return terms.calls() > 0 ? call(terms, first) : comeOut(terms, further, first);
    }

    /** A thread comes out of a step or a callback. */
    private static Step comeOut(Terms terms, List<Command> further, List<Command> first) {
        if (terms.due()) {
            return go(terms.clear() ? Ready.CLEAR : new Ready(terms), further);
        }
        if (terms.paused()) {
            return terms.half() ? closeHalfClosed() : go(new Parking(terms), TO_FLUSH);
        }
        return go(new Suspended(terms, false), first);
    }

    private static Step settle(Terms terms) {
        if (terms.due()) {
            return go(new Ready(terms), TO_QUEUE);
        }
        return terms.paused() && terms.half() ? closeHalfClosed() : go(new Suspended(terms, false), NOTHING);
    }

    /** P28: it would park, and the client has shut down its sending side. */
    private static Step closeHalfClosed() {
        return go(new Closing(CloseReason.DISCONNECT, false), List.of(DISARM, ABORT, CLOSE));
    }

    /** Something happens while a thread is inside: it is remembered until the thread comes out. */
    private static Step inside(State state, Terms terms, Moment moment) {
        return switch (moment) {
            case DISCONNECTED -> go(new Doomed(CloseReason.DISCONNECT, true), List.of(DISARM));
            case TIMED_OUT, SHUT_DOWN -> go(new Doomed(reason(moment), false), List.of(DISARM));
            default -> {
                Terms changed = change(state, terms, moment);
                State next = switch (state) {
                    case Stepping stepping -> new Stepping(changed, stepping.resumed());
                    case Calling _ -> new Calling(changed);
                    case Parking _ -> new Parking(changed);
                    default -> throw illegal(state, moment);
                };
                yield go(next, backOff(terms, changed));
            }
        };
    }

    /** Something happens while nobody is inside; {@code queued}: the exchange has an entry in the queue. */
    private static Step outside(State state, Terms terms, boolean queued, Moment moment) {
        return switch (moment) {
            case DISCONNECTED ->
                go(new CloseDue(CloseReason.DISCONNECT, true), queued ? List.of(DISARM) : List.of(DISARM, QUEUE));
            case TIMED_OUT, SHUT_DOWN ->
                go(new CloseDue(reason(moment), false), queued ? List.of(DISARM, CUT) : List.of(DISARM, CUT, QUEUE));
            default -> {
                Terms changed = change(state, terms, moment);
                if (changed.due()) {
                    yield go(new Ready(changed), queued ? backOff(terms, changed) : TO_QUEUE);
                }
                if (changed.paused() && changed.half()) {
                    yield go(
                            new CloseDue(CloseReason.DISCONNECT, false),
                            queued ? List.of(DISARM, ABORT) : List.of(DISARM, ABORT, QUEUE));
                }
                yield go(new Suspended(changed, queued), backOff(terms, changed));
            }
        };
    }

    /** What a moment changes in the terms of a living request. */
    private static Terms change(State state, Terms terms, Moment moment) {
        return switch (moment) {
            case PAUSED -> terms.shut(Gate.PAUSE);
            case RESUMED -> opened(state, terms, moment, Gate.PAUSE);
            case LEAKED -> opened(state, terms, moment, Gate.PAUSE).shut(Gate.BACKOFF);
            case BACKED_OFF -> opened(state, terms, moment, Gate.BACKOFF);
            case CONGESTED -> terms.shut(Gate.BACKPRESSURE);
            case WRITABLE -> terms.open(Gate.BACKPRESSURE);
            case CALL_DUE -> terms.calls(+1);
            case HALF_CLOSED -> terms.halfClosed();
            default -> throw illegal(state, moment);
        };
    }

    private static Terms opened(State state, Terms terms, Moment moment, Gate gate) {
        if (!terms.shut().shut(gate)) {
            throw illegal(state, moment);
        }
        return terms.open(gate);
    }

    /** One alarm for each shutting of BACKOFF. */
    private static List<Command> backOff(Terms before, Terms after) {
        boolean shut = after.shut().shut(Gate.BACKOFF) && !before.shut().shut(Gate.BACKOFF);
        return shut ? TO_BACK_OFF : NOTHING;
    }

    private static Step doomed(Doomed state, Moment moment) {
        return switch (moment) {
            case YIELDED, YIELDED_EMPTY, YIELDED_EMPTY_AGAIN, COMPLETED, ENDED, FAILED, CALLED, SETTLED ->
                go(new Closing(state.reason(), state.gone()), state.gone() ? TO_CLOSE : List.of(CUT, CLOSE));
            case DISCONNECTED -> go(new Doomed(state.reason(), true), NOTHING);
            case FLUSHED, ABORTED -> throw illegal(state, moment);
            default -> {
                drains(state, moment);
                yield go(state, NOTHING);
            }
        };
    }

    private static Step draining(State state, CloseReason reason, Moment moment) {
        if (drains(state, moment)) {
            return go(new Released(reason), TO_RELEASE);
        }
        // What ended by itself was ended by the thread that ran close(): it has left the output alone since.
        boolean cut = moment == Moment.TIMED_OUT || moment == Moment.SHUT_DOWN;
        return cut && (reason == CloseReason.END || reason == CloseReason.ERROR)
                ? go(new Draining(reason(moment)), List.of(ABORT))
                : go(state, NOTHING);
    }

    /** Whether nothing more will come of the output; {@code false} if the moment does not matter any more. */
    private static boolean drains(State state, Moment moment) {
        return switch (moment) {
            case FLUSHED, ABORTED, DISCONNECTED -> true;
            case HALF_CLOSED, CONGESTED, WRITABLE, BACKED_OFF, TIMED_OUT, SHUT_DOWN -> false;
            default -> throw illegal(state, moment);
        };
    }

    private static CloseReason reason(Moment moment) {
        return moment == Moment.TIMED_OUT ? CloseReason.TIMEOUT : CloseReason.SHUTDOWN;
    }

    private static Step go(State next, List<Command> commands) {
        return new Step(next, commands);
    }

    private static IllegalStateException illegal(State state, Moment moment) {
        return new IllegalStateException(moment + " in " + state);
    }
}
