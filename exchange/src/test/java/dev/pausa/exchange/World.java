package dev.pausa.exchange;

import dev.pausa.wsgi.CloseReason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An exchange and all around it, as the model check sees it.
 *
 * @param state the exchange's own
 * @param threads what each thread that was given commands has yet to do, the first of them at any time from now
 * @param entry whether the exchange's entry is in the queue
 * @param epoch whether somebody holds a resume of an open epoch
 * @param slow whether the transport will tell WRITABLE
 * @param alarm whether the back-off alarm is armed
 * @param due timer callbacks that are due
 * @param timers timers that may still fire
 * @param resumed whether a call of a resume ended an epoch in the running step
 * @param half whether the client shut down its sending side
 * @param lost whether the transport told that the client is gone
 * @param sent whether the response was completed, so that FLUSHED may come
 * @param drained whether nothing more will come of the output
 * @param ends how many times the response was ended or aborted
 * @param closes calls of {@code close()} that came back
 * @param releases releases
 * @param why the reason that closing should have
 */
record World(
        State state,
        List<List<Command>> threads,
        boolean entry,
        boolean epoch,
        boolean slow,
        boolean alarm,
        int due,
        int timers,
        boolean resumed,
        boolean half,
        boolean lost,
        boolean sent,
        boolean drained,
        int ends,
        int closes,
        int releases,
        @Nullable CloseReason why) {

    static World first(int timers) {
        return new World(
                State.Ready.CLEAR,
                List.of(List.of(Command.QUEUE)),
                false,
                false,
                false,
                false,
                0,
                timers,
                false,
                false,
                false,
                false,
                false,
                0,
                0,
                0,
                null);
    }

    boolean settled() {
        return state instanceof State.Released && threads.isEmpty() && !entry;
    }

    Draft draft() {
        return new Draft(this);
    }

    /** A world in the making. */
    static final class Draft {
        State state;
        final List<List<Command>> threads;
        boolean entry;
        boolean epoch;
        boolean slow;
        boolean alarm;
        int due;
        int timers;
        boolean resumed;
        boolean half;
        boolean lost;
        boolean sent;
        boolean drained;
        int ends;
        int closes;
        int releases;

        @Nullable
        CloseReason why;

        private Draft(World from) {
            state = from.state;
            threads = new ArrayList<>(from.threads);
            entry = from.entry;
            epoch = from.epoch;
            slow = from.slow;
            alarm = from.alarm;
            due = from.due;
            timers = from.timers;
            resumed = from.resumed;
            half = from.half;
            lost = from.lost;
            sent = from.sent;
            drained = from.drained;
            ends = from.ends;
            closes = from.closes;
            releases = from.releases;
            why = from.why;
        }

        /** How many threads have one of these commands before them. */
        long having(Command... commands) {
            List<Command> wanted = List.of(commands);
            return threads.stream()
                    .filter(left -> left.stream().anyMatch(wanted::contains))
                    .count();
        }

        World done() {
            threads.removeIf(List::isEmpty);
            threads.sort(Comparator.comparing(List::toString));
            return new World(
                    state,
                    List.copyOf(threads),
                    entry,
                    epoch,
                    slow,
                    alarm,
                    due,
                    timers,
                    resumed,
                    half,
                    lost,
                    sent,
                    drained,
                    ends,
                    closes,
                    releases,
                    why);
        }
    }
}
