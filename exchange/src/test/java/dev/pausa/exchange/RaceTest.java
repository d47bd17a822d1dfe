package dev.pausa.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.InputHandler;
import dev.pausa.wsgi.Resume;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Two threads at the same instant, again and again: what the stress test meets too seldom (P8, P14). */
class RaceTest {
    private static final int ROUNDS = 20_000;

    /** Makes one attempt in each round; counts those that won. */
    private static final class Rival extends Thread {
        private final Runnable attempt;
        private final AtomicInteger round;
        private final AtomicInteger finished;
        private final AtomicReference<@Nullable Throwable> failure;

        Rival(
                Runnable attempt,
                AtomicInteger round,
                AtomicInteger finished,
                AtomicReference<@Nullable Throwable> failure) {
            this.attempt = attempt;
            this.round = round;
            this.finished = finished;
            this.failure = failure;
            setDaemon(true);
        }

        @Override
        public void run() {
            for (int mine = 1; mine <= ROUNDS; mine++) {
                while (round.get() < mine) {
                    Thread.onSpinWait();
                }
                try {
                    attempt.run();
                } catch (RuntimeException raised) {
                    failure.set(raised);
                }
                finished.incrementAndGet();
            }
        }
    }

    /** Runs both in each round at the same instant, with {@code prepare} before and {@code settle} after. */
    private static void race(Runnable prepare, Runnable one, Runnable other, Runnable settle) throws Exception {
        var round = new AtomicInteger();
        var finished = new AtomicInteger();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        var rival = new Rival(other, round, finished, failure);
        rival.start();
        for (int i = 1; i <= ROUNDS; i++) {
            prepare.run();
            round.set(i);
            one.run();
            while (finished.get() < i) {
                Thread.onSpinWait();
            }
            settle.run();
            assertEquals(null, failure.get());
        }
        rival.join();
    }

    @Test
    void p8OfTwoResumesAtOnceExactlyOneWins() throws Exception {
        var rig = new Rig();
        AtomicReference<Resume> resume = new AtomicReference<>(EpochResume.DEAD);
        var wins = new AtomicInteger();
        var steps = new AtomicInteger();
        rig.begin(rig.steps(() -> {
            steps.incrementAndGet();
            resume.set(rig.pause());
            return "";
        }));
        Runnable attempt = () -> {
            if (resume.get().resume()) {
                wins.incrementAndGet();
            }
        };
        rig.run();
        race(() -> {}, attempt, attempt, rig::run);
        assertEquals(ROUNDS, wins.get());
        assertEquals(ROUNDS + 1, steps.get());
    }

    @Test
    void p14OfAResumeAndACutExactlyOneWins() throws Exception {
        AtomicReference<Rig> rig = new AtomicReference<>(new Rig());
        AtomicReference<Resume> resume = new AtomicReference<>(EpochResume.DEAD);
        var wins = new AtomicInteger();
        race(
                () -> {
                    var fresh = new Rig();
                    rig.set(fresh);
                    fresh.serve(fresh.steps(() -> {
                        resume.set(fresh.pause());
                        return "";
                    }));
                },
                () -> {
                    if (resume.get().resume()) {
                        wins.incrementAndGet();
                    }
                },
                () -> {
                    if (rig.get().exchange().cutIfParked(CloseReason.TIMEOUT)) {
                        wins.incrementAndGet();
                    }
                },
                () -> rig.get().run());
        assertEquals(ROUNDS, wins.get());
    }

    /** A parked request with an input that is empty. */
    private record Waiting(Rig rig, RequestInput input, AtomicInteger calls) {
        static Waiting park() {
            var rig = new Rig();
            var input = new RequestInput(
                    new RequestInput.Source() {
                        @Override
                        public void wanted() {}

                        @Override
                        public void drained() {}
                    },
                    8);
            rig.environ.put(Environ.INPUT, input);
            rig.serve(rig.steps(() -> {
                rig.pause();
                return "";
            }));
            return new Waiting(rig, input, new AtomicInteger());
        }

        InputHandler.@Nullable Registration register() {
            return Objects.requireNonNull(rig.environ.get(Environ.INPUT_HANDLER))
                    .register(input, () -> calls.incrementAndGet());
        }

        void feed() {
            input.feed(Rig.bytes("x"));
        }
    }

    @Test
    void p53OfAByteAndACancelExactlyOneWins() throws Exception {
        AtomicReference<Waiting> waiting = new AtomicReference<>(Waiting.park());
        AtomicReference<InputHandler.@Nullable Registration> registration = new AtomicReference<>();
        var wins = new AtomicInteger();
        race(
                () -> {
                    waiting.set(Waiting.park());
                    registration.set(waiting.get().register());
                },
                () -> {
                    if (Objects.requireNonNull(registration.get()).cancel()) {
                        wins.incrementAndGet();
                    }
                },
                () -> waiting.get().feed(),
                () -> {
                    waiting.get().rig.run();
                    wins.addAndGet(waiting.get().calls.get());
                });
        assertEquals(ROUNDS, wins.get());
    }

    @Test
    void p53AByteThatComesDuringTheRegistrationIsNotMissed() throws Exception {
        AtomicReference<Waiting> waiting = new AtomicReference<>(Waiting.park());
        var calls = new AtomicInteger();
        race(
                () -> waiting.set(Waiting.park()),
                () -> waiting.get().register(),
                () -> waiting.get().feed(),
                () -> {
                    waiting.get().rig.run();
                    calls.addAndGet(waiting.get().calls.get());
                });
        assertEquals(ROUNDS, calls.get());
    }
}
