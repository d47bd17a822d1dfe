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
import static dev.pausa.exchange.Command.STEP;

import dev.pausa.exchange.State.Live;
import dev.pausa.exchange.World.Draft;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Explores what can become of an exchange among its application, transport, resumers, timers and threads, whichever order
 * they come in. A command is done at any time after the change of state that asked for it; only those of one thread keep
 * their order.
 */
final class Model {
    /** A pair of the table. */
    record Pair(State state, Moment moment) {}

    /** Something that must not happen. */
    static final class Violation extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Violation(String message) {
            super(message, null, false, false);
        }
    }

    /** The worlds that were found, each with those that may follow. */
    final Map<World, Set<World>> worlds = new LinkedHashMap<>();

    /** For each pair of the table the worlds in which it came up. */
    final Map<Pair, Set<World>> pairs = new LinkedHashMap<>();

    private static @Nullable Model sound;

    private final BiFunction<State, Moment, Step> table;
    private World here = World.first(0);
    private Set<World> following = new LinkedHashSet<>();

    Model(BiFunction<State, Moment, Step> table) {
        this.table = table;
    }

    /** The table as it is, explored with two timers; shared by the tests of one run. */
    static synchronized Model sound() {
        Model model = sound;
        if (model == null) {
            model = new Model(Transitions::on);
            model.explore(List.of(World.first(2)));
            sound = model;
        }
        return model;
    }

    /** Goes everywhere from {@code starts}, throwing at the first violation. */
    void explore(Collection<World> starts) {
        Deque<World> open = new ArrayDeque<>(starts);
        while (!open.isEmpty()) {
            World world = open.pop();
            if (!worlds.containsKey(world)) {
                Set<World> next;
                try {
                    next = next(world);
                } catch (Violation violation) {
                    throw new Violation(violation.getMessage() + " after " + world);
                }
                worlds.put(world, next);
                open.addAll(next);
            }
        }
    }

    /** The worlds from which the end cannot be reached. */
    Set<World> stuck() {
        Map<World, Set<World>> back = new HashMap<>();
        Deque<World> open = new ArrayDeque<>();
        worlds.forEach((world, next) -> {
            next.forEach(
                    after -> back.computeIfAbsent(after, _ -> new HashSet<>()).add(world));
            if (world.settled()) {
                open.add(world);
            }
        });
        Set<World> good = new HashSet<>();
        while (!open.isEmpty()) {
            World world = open.pop();
            if (good.add(world)) {
                open.addAll(back.getOrDefault(world, Set.of()));
            }
        }
        Set<World> stuck = new LinkedHashSet<>(worlds.keySet());
        stuck.removeAll(good);
        return stuck;
    }

    /** What may follow {@code world} at once. */
    Set<World> next(World world) {
        here = world;
        following = new LinkedHashSet<>();
        world.threads().stream().distinct().forEach(this::work);
        if (world.entry()) {
            tell(Moment.TAKEN, draft -> draft.entry = false);
        }
        if (world.state() instanceof Live) {
            application();
        }
        transport();
        if (world.alarm()) {
            tell(Moment.BACKED_OFF, draft -> draft.alarm = false);
        }
        tell(Moment.TIMED_OUT, _ -> {});
        tell(Moment.SHUT_DOWN, _ -> {});
        return following;
    }

    private void application() {
        tell(Moment.PAUSED, draft -> draft.epoch = true);
        if (here.epoch()) {
            tell(Moment.RESUMED, draft -> {
                draft.epoch = false;
                draft.resumed = true;
            });
            tell(Moment.LEAKED, draft -> draft.epoch = false);
        }
        if (here.timers() > 0) {
            tell(Moment.CALL_DUE, draft -> {
                draft.timers--;
                draft.due++;
            });
        }
    }

    private void transport() {
        if (here.lost()) {
            return;
        }
        tell(Moment.CONGESTED, draft -> draft.slow = true);
        tell(Moment.WRITABLE, draft -> draft.slow = false);
        tell(Moment.HALF_CLOSED, draft -> draft.half = true);
        tell(Moment.DISCONNECTED, draft -> {
            draft.lost = true;
            draft.drained = true;
        });
        if (here.sent() && !here.drained()) {
            tell(Moment.FLUSHED, draft -> draft.drained = true);
        }
    }

    /** A thread does the first of its commands, or comes out of the task that it is at. */
    private void work(List<Command> thread) {
        Consumer<Draft> out = draft -> draft.threads.remove(thread);
        Consumer<Draft> done = draft -> {
            draft.threads.remove(thread);
            draft.threads.add(thread.subList(1, thread.size()));
        };
        switch (thread.getFirst()) {
            case STEP -> {
                tell(Moment.YIELDED, out);
                tell(Moment.YIELDED_EMPTY, out);
                tell(Moment.YIELDED_EMPTY_AGAIN, out);
                tell(Moment.COMPLETED, out);
                tell(Moment.ENDED, out);
                tell(Moment.FAILED, out);
            }
            case CALL -> {
                tell(Moment.CALLED, out);
                tell(Moment.FAILED, out);
            }
            case FLUSH -> tell(Moment.SETTLED, out);
            case CLOSE -> tell(Moment.BODY_CLOSED, out.andThen(draft -> draft.closes++));
            case QUEUE, GO_ON ->
                go(done.andThen(draft -> {
                    require(!draft.entry, "two entries in the queue");
                    draft.entry = true;
                }));
            case END -> go(done.andThen(draft -> draft.sent = true));
            case FAIL, CUT -> {
                go(done.andThen(draft -> draft.sent = true));
                tell(Moment.ABORTED, done.andThen(draft -> draft.drained = true));
            }
            case ABORT -> tell(Moment.ABORTED, done.andThen(draft -> draft.drained = true));
            case BACK_OFF ->
                go(done.andThen(draft -> {
                    require(!draft.alarm, "two alarms");
                    draft.alarm = true;
                }));
            case DISARM -> go(done);
            case RELEASE -> go(done.andThen(draft -> draft.releases++));
        }
    }

    /** The world changes; the exchange is not told. */
    private void go(Consumer<Draft> change) {
        Draft draft = here.draft();
        change.accept(draft);
        add(draft);
    }

    /** The world changes and the exchange is told of it in the same instant. */
    private void tell(Moment moment, Consumer<Draft> change) {
        Draft draft = here.draft();
        change.accept(draft);
        List<Command> commands = apply(draft, moment);
        if (commands.equals(List.of(GO_ON))) {
            Draft inline = here.draft();
            change.accept(inline);
            apply(inline, moment);
            inline.threads.add(apply(inline, Moment.TAKEN));
            add(inline);
        }
        draft.threads.add(commands);
        add(draft);
    }

    private List<Command> apply(Draft draft, Moment moment) {
        State before = draft.state;
        pairs.computeIfAbsent(new Pair(before, moment), _ -> new LinkedHashSet<>())
                .add(here);
        Step step;
        try {
            step = table.apply(before, moment);
        } catch (IllegalStateException illegal) {
            throw new Violation("illegal: " + illegal.getMessage());
        }
        Rules.edge(draft, moment, step);
        draft.state = step.next();
        return step.commands();
    }

    private void add(Draft draft) {
        Rules.world(draft);
        following.add(draft.done());
    }

    static void require(boolean holds, String what) {
        if (!holds) {
            throw new Violation(what);
        }
    }

    /** All pairs of states and moments that came up, in the order of the worlds. */
    List<Pair> reached() {
        return new ArrayList<>(pairs.keySet());
    }

    /** Commands that touch the output. */
    static final Command[] OUTPUT = {STEP, FLUSH, END, FAIL, CUT, ABORT};

    /** Commands that are tasks. */
    static final Command[] TASKS = {STEP, CALL, FLUSH, CLOSE};

    /** Commands that queue. */
    static final Command[] QUEUES = {QUEUE, GO_ON};

    /** Commands that begin the end of the response. */
    static final List<Command> ENDS = List.of(END, FAIL, CUT, ABORT);
}
