package dev.pausa.fuzz;

import static dev.pausa.fuzz.Violation.require;

import dev.pausa.exchange.Clock;
import dev.pausa.exchange.TaskQueue;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The queue and the clock of one exchange: nothing moves but when it is told to. */
final class Ports implements TaskQueue, Clock {
    /** Told before an alarm that the exchange arms by itself. */
    static final Runnable NOTHING = () -> {};

    private final Script script;
    private final List<Worker> workers = List.of(new Worker(), new Worker());
    private final Deque<Entry> queue = new ArrayDeque<>();
    private final TreeSet<Bell> alarms =
            new TreeSet<>(Comparator.comparingLong(Bell::at).thenComparingInt(Bell::number));
    private long now;
    private int bells;

    /** What is told before the alarm that is armed next rings, if it does. */
    Runnable onRing = NOTHING;

    private record Entry(Task task, @Nullable Home home) {}

    private record Bell(long at, int number, Runnable told, Runnable action) {}

    private static final class Worker implements Home {
        private int stalled;

        @Override
        public void stalled(int change) {
            stalled += change;
        }
    }

    Ports(Script script) {
        this.script = script;
    }

    @Override
    public void start(Task task) {
        add(new Entry(task, null));
    }

    @Override
    public void again(Task task, @Nullable Home home) {
        add(new Entry(task, home));
    }

    private void add(Entry entry) {
        queue.add(entry);
        require(queue.size() == 1, "two entries in the queue");
    }

    @Override
    public boolean contended(Home home) {
        return script.seldom(3);
    }

    boolean queued() {
        return !queue.isEmpty();
    }

    /** The thread that the entry of the queue is bound to. */
    @Nullable
    Home bound() {
        Entry first = queue.peek();
        return first == null ? null : first.home();
    }

    /** Runs the entry of the queue, if there is one, on the thread that it is bound to, else on one of the two. */
    void run(int free, Consumer<Home> told) {
        Entry entry = queue.poll();
        if (entry != null) {
            Home bound = entry.home();
            Home here = bound == null ? workers.get(free) : bound;
            told.accept(here);
            entry.task().run(here);
        }
    }

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public Alarm after(long nanos, Runnable action) {
        var bell = new Bell(now + nanos, bells++, onRing, action);
        alarms.add(bell);
        return () -> alarms.remove(bell);
    }

    /** Lets time pass; what is due rings in order. */
    void pass(long millis) {
        long until = now + millis * 1_000_000;
        while (!alarms.isEmpty() && alarms.getFirst().at() <= until) {
            Bell next = alarms.removeFirst();
            now = Math.max(now, next.at());
            next.told().run();
            next.action().run();
        }
        now = Math.max(now, until);
    }

    /** Whether an alarm is armed that the exchange armed by itself: the one of the back-off. */
    boolean backsOff() {
        return alarms.stream().anyMatch(bell -> bell.told().equals(NOTHING));
    }

    /** Called when the request is over. */
    void checkIdle() {
        require(queue.isEmpty(), "something is queued after the release");
        require(alarms.isEmpty(), "a timer outlived the request (P31)");
        require(
                workers.stream().allMatch(worker -> worker.stalled == 0),
                "a thread still owns a stalled request (P38)");
    }
}
