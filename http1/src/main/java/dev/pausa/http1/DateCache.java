package dev.pausa.http1;

import org.jspecify.annotations.Nullable;

/** The last {@link HttpDate}, which most responses share. Any thread may use it, and several at once. */
public final class DateCache {
    private record Entry(long epochSeconds, String text) {}

    /** Replaced as a whole; two threads that format the same second do no harm. */
    private volatile @Nullable Entry last;

    /** As {@link HttpDate#format}, once for each second. */
    public String format(long epochSeconds) {
        Entry entry = last;
        if (entry == null || entry.epochSeconds != epochSeconds) {
            entry = new Entry(epochSeconds, HttpDate.format(epochSeconds));
            last = entry;
        }
        return entry.text;
    }
}
