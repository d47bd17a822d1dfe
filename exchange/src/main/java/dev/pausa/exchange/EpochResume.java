package dev.pausa.exchange;

import dev.pausa.wsgi.Resume;
import org.jspecify.annotations.Nullable;

/** One resume of a numbered epoch. It reaches the request through a link that is cut when that ended (P13). */
final class EpochResume implements Resume {
    /** Belongs to no epoch (P5). */
    static final EpochResume DEAD = new EpochResume(new Link(), 0);

    /** From resumes to their request. */
    static final class Link {
        volatile @Nullable Epochs epochs;
    }

    private final Link link;
    private final int epoch;
    private boolean dropped;

    EpochResume(Link link, int epoch) {
        this.link = link;
        this.epoch = epoch;
    }

    int epoch() {
        return epoch;
    }

    /** Marks it as dropped; answers whether it was not yet. Guarded by the exchange's monitor. */
    boolean drop() {
        boolean first = !dropped;
        dropped = true;
        return first;
    }

    @Override
    public boolean resume() {
        Epochs epochs = link.epochs;
        return epochs != null && epochs.resume(epoch);
    }

    @Override
    public boolean pending() {
        Epochs epochs = link.epochs;
        return epochs != null && epochs.pending(epoch);
    }

    @Override
    public void dropped() {
        Epochs epochs = link.epochs;
        if (epochs != null) {
            epochs.dropped(this);
        }
    }

    /** Another resume of the same epoch, for a holder of its own: an armed timer (P16). */
    EpochResume another() {
        Epochs epochs = link.epochs;
        return epochs == null ? DEAD : epochs.another(epoch);
    }
}
