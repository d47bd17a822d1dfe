package dev.pausa.exchange;

import dev.pausa.exchange.State.Live;
import dev.pausa.wsgi.PauseOutput;
import dev.pausa.wsgi.Resume;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * {@code wsgi.pause_output} of one request: its epochs, numbered, and who may end the open one (P4 to P16). Whether an epoch
 * is open is said by the state's PAUSE gate. Any thread; what it holds is guarded by the exchange's monitor.
 */
final class Epochs implements PauseOutput {
    private final Exchange exchange;
    private final Clock clock;
    private final @Nullable Duration bound;
    private EpochResume.@Nullable Link link;
    private int last;
    private int holders;
    private Clock.@Nullable Alarm alarm;

    /** {@code bound}: how long an epoch may last (P32), {@code null} for ever. */
    Epochs(Exchange exchange, Clock clock, @Nullable Duration bound) {
        this.exchange = exchange;
        this.clock = clock;
        this.bound = bound;
    }

    @Override
    public Resume pause() {
        Step step;
        EpochResume resume;
        boolean opens;
        synchronized (exchange) {
            if (!(exchange.state() instanceof Live live)) {
                return EpochResume.DEAD;
            }
            opens = !live.terms().paused();
            if (opens) {
                last++;
                holders = 0;
            }
            resume = issue();
            step = exchange.move(Moment.PAUSED);
        }
        exchange.perform(step);
        if (opens && bound != null) {
            arm(resume.epoch(), bound.toNanos());
        }
        return resume;
    }

    /** Under the monitor. */
    private EpochResume issue() {
        EpochResume.Link shared = link;
        if (shared == null) {
            shared = new EpochResume.Link();
            shared.epochs = this;
            link = shared;
        }
        holders++;
        return new EpochResume(shared, last);
    }

    private void arm(int epoch, long nanos) {
        Clock.Alarm armed = clock.after(nanos, () -> expire(epoch));
        synchronized (exchange) {
            if (open(epoch)) {
                alarm = armed;
                return;
            }
        }
        armed.cancel();
    }

    private void expire(int epoch) {
        Step step;
        synchronized (exchange) {
            if (!open(epoch)) {
                return;
            }
            step = exchange.move(Moment.TIMED_OUT);
        }
        exchange.perform(step);
    }

    /** Whether this epoch is the open one; under the monitor. */
    private boolean open(int epoch) {
        return epoch == last
                && exchange.state() instanceof Live live
                && live.terms().paused();
    }

    /** P7: ends the epoch if it is the open one; answers whether it was. */
    boolean resume(int epoch) {
        Step step;
        Clock.Alarm armed;
        synchronized (exchange) {
            if (!open(epoch)) {
                return false;
            }
            armed = takeAlarm();
            step = exchange.move(Moment.RESUMED);
        }
        cancel(armed);
        exchange.perform(step);
        return true;
    }

    /** P15. */
    boolean pending(int epoch) {
        synchronized (exchange) {
            if (!open(epoch)) {
                return false;
            }
        }
        exchange.inside().readPending();
        return true;
    }

    /** P16: ends the epoch if this was the last of its resumes. */
    void dropped(EpochResume resume) {
        Step step;
        Clock.Alarm armed;
        synchronized (exchange) {
            if (!resume.drop() || !open(resume.epoch()) || --holders > 0) {
                return;
            }
            armed = takeAlarm();
            step = exchange.move(Moment.LEAKED);
        }
        cancel(armed);
        exchange.perform(step);
        exchange.tellLeaked();
    }

    /** One more resume of the epoch; a dead one if that is over. */
    EpochResume another(int epoch) {
        synchronized (exchange) {
            return open(epoch) ? issue() : EpochResume.DEAD;
        }
    }

    /** Closing began; called by the thread that began it. */
    void disarm() {
        if (alarm == null) {
            return; // None is armed any more, and this thread has seen one that was.
        }
        Clock.Alarm armed;
        synchronized (exchange) {
            armed = takeAlarm();
        }
        cancel(armed);
    }

    /** The request is over (P13). */
    void release() {
        EpochResume.Link shared = link; // None is made any more, and this thread has seen one that was.
        if (shared != null) {
            shared.epochs = null;
        }
    }

    private Clock.@Nullable Alarm takeAlarm() {
        Clock.Alarm armed = alarm;
        alarm = null;
        return armed;
    }

    private static void cancel(Clock.@Nullable Alarm armed) {
        if (armed != null) {
            armed.cancel();
        }
    }
}
