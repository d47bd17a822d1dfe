package dev.pausa.server.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * How many bytes that it has not sent yet the kernel takes from one connection. Left alone, Linux lets the buffer of a slow
 * reader on this machine, such as a proxy, grow to 4 MiB; a thousand of them fill gigabytes, and filling them holds up all
 * others for seconds. So a connection begins with the 128 KiB of {@link Sockets}; a reader that shows to be fast has the room
 * that the system would give it. Used by the connection's event loop.
 */
final class SendRoom {
    /** The system's setting, {@code net.ipv4.tcp_notsent_lowat}. */
    private static final long WIDE = 0;

    private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Channel channel;
    private boolean wide;

    SendRoom(Channel channel) {
        this.channel = channel;
        this.wide = !(channel instanceof EpollSocketChannel);
    }

    /** Writes and flushes; how long that waits for the client tells how fast it is. */
    ChannelFuture write(Object message) {
        ChannelFuture written = channel.writeAndFlush(message);
        if (!wide && !written.isDone()) {
            long began = System.nanoTime();
            written.addListener(done -> {
                if (!wide && done.isSuccess() && System.nanoTime() - began < SOON_NANOS) {
                    wide = true;
                    channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, WIDE);
                }
            });
        }
        return written;
    }
}
