package dev.pausa.server.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/** How long a client has not taken any of the bytes that wait for it. Used by the connection's event loop. */
final class Progress {
    private final Channel channel;
    private long waiting;
    private long since;

    Progress(Channel channel) {
        this.channel = channel;
    }

    void restart(long now) {
        waiting = 0;
        since = now;
    }

    /** Nanoseconds without progress; 0 if nothing waits. {@code paused}: the time does not run (P33). */
    long stalled(long now, boolean paused) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        long left = buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
        if (left == 0 || left != waiting || paused) {
            waiting = left;
            since = now;
        }
        return now - since;
    }
}
