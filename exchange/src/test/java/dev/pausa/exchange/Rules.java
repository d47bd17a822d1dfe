package dev.pausa.exchange;

import static dev.pausa.exchange.Model.require;

import dev.pausa.exchange.State.Calling;
import dev.pausa.exchange.State.CloseDue;
import dev.pausa.exchange.State.Closing;
import dev.pausa.exchange.State.Doomed;
import dev.pausa.exchange.State.Draining;
import dev.pausa.exchange.State.Live;
import dev.pausa.exchange.State.Over;
import dev.pausa.exchange.State.Parking;
import dev.pausa.exchange.State.Ready;
import dev.pausa.exchange.State.Released;
import dev.pausa.exchange.State.Stepping;
import dev.pausa.exchange.State.Suspended;
import dev.pausa.exchange.World.Draft;
import dev.pausa.wsgi.CloseReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What must hold in every world and on every edge of the model. */
final class Rules {
    private Rules() {}

    /** Looks at a change of state before it is made; {@code draft} is the world as the moment found it, and learns from it. */
    static void edge(Draft draft, Moment moment, Step step) {
        List<Command> commands = step.commands();
        boolean closingBegins = draft.state instanceof Live && step.next() instanceof Over;
        require(!(draft.state instanceof Over && step.next() instanceof Live), "back to life");
        require(commands.contains(Command.DISARM) == closingBegins, "disarmed when closing begins, and only then");
        require(commands.stream().distinct().count() == commands.size(), "a command twice");
        for (Command command : commands) {
            require(!command.task() || command == commands.getLast(), "a task is not the last command");
        }
        if (closingBegins) {
            draft.why = reason(draft, moment);
        }
        if (draft.state instanceof Draining && commands.contains(Command.ABORT)) {
            draft.why = reason(draft, moment);
        }
        boolean goesOn = moment == Moment.YIELDED || moment == Moment.CALLED;
        require(
                commands.contains(Command.GO_ON) == (goesOn && step.next() instanceof Ready),
                "goes on at once where it should queue (P10, P11, P21), or the other way round");
        begins(draft, moment, commands);
        ends(draft, step);
        backsOff(draft, moment, commands);
        parks(draft, moment, step);
    }

    private static void begins(Draft draft, Moment moment, List<Command> commands) {
        if (commands.contains(Command.STEP)) {
            require(draft.state instanceof Live, "a step after closing began");
            require(!draft.epoch && !draft.slow && !backOffPending(draft), "a step while a gate is shut");
            draft.resumed = false;
        }
        boolean comesOut =
                moment == Moment.YIELDED || moment == Moment.YIELDED_EMPTY || moment == Moment.YIELDED_EMPTY_AGAIN;
        if (comesOut && draft.state instanceof Live && draft.due > 0) {
            require(commands.contains(Command.CALL), "a callback starves");
        }
        if (commands.contains(Command.CALL)) {
            require(draft.state instanceof Live && draft.due > 0, "a callback that is not due");
            draft.due--;
        } else if (moment == Moment.TAKEN
                && draft.state instanceof Ready ready
                && ready.terms().open()) {
            require(commands.contains(Command.STEP), "a step that is due waits for callbacks");
        }
        if (moment == Moment.COMPLETED && draft.state instanceof Live) {
            boolean open = !draft.epoch && !draft.slow;
            require(commands.contains(open ? Command.STEP : Command.END), "P23");
        }
    }

    private static void ends(Draft draft, Step step) {
        for (Command command : step.commands()) {
            if (Model.ENDS.contains(command)) {
                require(!draft.lost, "something is sent to nobody");
                require(draft.ends++ == 0 || draft.state instanceof Draining && draft.ends == 2, "ended twice");
                CloseReason reason = step.next() instanceof Over over ? over.reason() : null;
                require(
                        reason != null
                                && switch (command) {
                                    case END -> reason == CloseReason.END;
                                    case FAIL -> reason == CloseReason.ERROR;
                                    case CUT -> reason == CloseReason.TIMEOUT || reason == CloseReason.SHUTDOWN;
                                    default -> draft.half && reason == CloseReason.DISCONNECT || draft.ends == 2;
                                },
                        "ended in the wrong way");
            }
        }
        boolean closes = step.commands().contains(Command.CLOSE) || step.next() instanceof CloseDue;
        require(!closes || draft.ends > 0 || draft.lost, "closed, and the response was left as it is");
    }

    private static void backsOff(Draft draft, Moment moment, List<Command> commands) {
        if (moment == Moment.YIELDED_EMPTY_AGAIN && draft.state instanceof Live) {
            boolean expected = !draft.epoch && !draft.resumed;
            require(commands.contains(Command.BACK_OFF) == expected, "P21");
        }
    }

    private static void parks(Draft draft, Moment moment, Step step) {
        boolean fromInside = draft.state instanceof Stepping || draft.state instanceof Calling;
        boolean parked =
                step.next() instanceof Suspended suspended && suspended.terms().paused();
        require(!(parked && fromInside), "parked without a flush (P18): " + moment);
        require(!(parked && draft.half), "P28");
    }

    private static CloseReason reason(Draft draft, Moment moment) {
        return switch (moment) {
            case ENDED, COMPLETED -> CloseReason.END;
            case FAILED -> CloseReason.ERROR;
            case TIMED_OUT -> CloseReason.TIMEOUT;
            case SHUT_DOWN -> CloseReason.SHUTDOWN;
            default -> {
                require(draft.lost || draft.half && draft.epoch, "closing began for no reason");
                yield CloseReason.DISCONNECT;
            }
        };
    }

    /** Looks at a world. */
    static void world(Draft draft) {
        threads(draft);
        queue(draft);
        switch (draft.state) {
            case Live live -> live(draft, live);
            case Over over -> over(draft, over);
        }
        require(draft.closes <= 1 && draft.releases <= 1, "closed or released twice");
    }

    private static void threads(Draft draft) {
        require(draft.having(Model.TASKS) <= 1, "two tasks at once");
        require(draft.having(Model.OUTPUT) <= 1, "two threads use the output");
        require(inside(draft.state, task(draft)), "the state does not say who is inside");
    }

    private static boolean inside(State state, @Nullable Command task) {
        return switch (state) {
            case Stepping _ -> task == Command.STEP;
            case Calling _ -> task == Command.CALL;
            case Parking _ -> task == Command.FLUSH;
            case Closing _ -> task == Command.CLOSE;
            case Doomed _ -> task == Command.STEP || task == Command.CALL || task == Command.FLUSH;
            default -> task == null;
        };
    }

    private static @Nullable Command task(Draft draft) {
        return draft.threads.stream()
                .filter(left -> !left.isEmpty() && left.getLast().task())
                .map(List::getLast)
                .findFirst()
                .orElse(null);
    }

    private static void queue(Draft draft) {
        long entries = draft.having(Model.QUEUES) + (draft.entry ? 1 : 0);
        boolean expected = switch (draft.state) {
            case Ready _, CloseDue _ -> true;
            case Suspended suspended -> suspended.queued();
            default -> false;
        };
        require(entries == (expected ? 1 : 0), "the state does not say what is in the queue");
    }

    private static void live(Draft draft, Live live) {
        Terms terms = live.terms();
        require(terms.paused() == draft.epoch, "PAUSE and the epoch disagree");
        require(terms.shut().shut(Gate.BACKPRESSURE) == draft.slow, "BACKPRESSURE and the transport disagree");
        require(terms.shut().shut(Gate.BACKOFF) == backOffPending(draft), "BACKOFF and the alarm disagree");
        require(terms.calls() == draft.due, "the state does not say what is due");
        require(terms.half() == draft.half && !draft.lost, "the state does not say who is there");
        require(!(live instanceof Suspended) || !terms.due(), "suspended with something due");
        require(!(live instanceof Ready) || terms.due(), "ready with nothing due");
        require(draft.ends == 0 && draft.why == null && draft.closes == 0, "alive after the end");
    }

    private static void over(Draft draft, Over over) {
        require(over.reason() == draft.why, "closed for another reason");
        switch (over) {
            case Doomed doomed -> require(doomed.gone() == draft.lost && draft.ends == 0, "doomed and ended");
            case CloseDue due -> require(due.drained() == draft.drained && draft.closes == 0, "drained?");
            case Closing closing -> require(closing.drained() == draft.drained && draft.closes == 0, "drained?");
            case Draining _ -> require(!draft.drained && draft.closes == 1, "drained?");
            case Released _ -> {
                require(draft.drained && draft.closes == 1, "released too early");
                boolean release = draft.releases == 1 || draft.having(Command.RELEASE) == 1;
                require(release, "not released");
            }
        }
        require(over instanceof Released || draft.having(Command.RELEASE) + draft.releases == 0, "released too early");
    }

    private static boolean backOffPending(Draft draft) {
        return draft.alarm || draft.having(Command.BACK_OFF) > 0;
    }
}
