package dev.pausa.server.netty;

import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/**
 * Which requests may begin although their body is still coming: so many that clients who send slowly never hold all threads
 * in reads that wait. The others wait without one, first come, first served; one whose body is complete needs no
 * place here. Thread-safe; a call joins once, on its event loop.
 */
final class Uploads {
    /** Where a call stands. */
    enum Place {
        NONE,
        WAITING,
        RUNNING
    }

    private final int most;

    // Guarded by this, as is the place of each call.
    private final LinkedHashSet<Call> waiting = new LinkedHashSet<>();
    private int running;

    Uploads(int most) {
        this.most = most;
    }

    /** Answers whether {@code call} may begin; if not, its connection is told later. */
    synchronized boolean join(Call call) {
        if (running < most) {
            running++;
            call.place = Place.RUNNING;
            return true;
        }
        waiting.add(call);
        call.place = Place.WAITING;
        return false;
    }

    /** The body of {@code call} is complete, or no thread reads it any more. May be called again. */
    void leave(Call call) {
        Call next = next(call);
        if (next != null) {
            next.admit();
        }
    }

    private synchronized @Nullable Call next(Call left) {
        Place place = left.place;
        left.place = Place.NONE;
        if (place == Place.WAITING) {
            waiting.remove(left);
        }
        if (place != Place.RUNNING) {
            return null;
        }
        if (waiting.isEmpty()) {
            running--;
            return null;
        }
        Call next = waiting.removeFirst();
        next.place = Place.RUNNING;
        return next;
    }
}
