package dev.pausa.server.netty;

import dev.pausa.server.ServerConfig;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What differs between Netty's transports, and the options of sockets. */
final class Sockets {
    private static final int O_NONBLOCK = 04000;

    // States of a TCP connection, linux/include/net/tcp_states.h
    private static final int TCP_CLOSE = 7;
    private static final int TCP_CLOSE_WAIT = 8;

    /**
     * Options of accepted sockets, set on the listening one, from which Linux copies them: a connection costs no system
     * calls for them. Keep-alive probes after 60 s, 4 of them 15 s apart (P26); bytes as {@link SendRoom}
     * explains.
     */
    private static final Map<IntegerUnixChannelOption, Integer> INHERITED = Map.of(
            new IntegerUnixChannelOption("SO_KEEPALIVE", 1, 9),
            1,
            new IntegerUnixChannelOption("TCP_KEEPIDLE", 6, 4),
            60,
            new IntegerUnixChannelOption("TCP_KEEPINTVL", 6, 5),
            15,
            new IntegerUnixChannelOption("TCP_KEEPCNT", 6, 6),
            4,
            new IntegerUnixChannelOption("TCP_NOTSENT_LOWAT", 6, 25),
            131_072);

    /** What the operating system knows of a connection that nobody reads. */
    enum State {
        OPEN,
        FIN,
        RESET
    }

    private Sockets() {}

    static boolean epoll(ServerConfig.Transport transport) {
        return transport == ServerConfig.Transport.AUTO && Epoll.isAvailable();
    }

    static IoHandlerFactory handlers(boolean epoll) {
        return epoll ? KeptRegistrations.factory() : NioIoHandler.newFactory();
    }

    static ChannelFactory<ServerChannel> listening(boolean epoll) {
        return epoll ? EpollServerSocketChannel::new : NioServerSocketChannel::new;
    }

    /**
     * A listening socket that was inherited.
     *
     * @throws IllegalArgumentException if it blocks: then it would stop the event loop
     */
    static ChannelFactory<ServerChannel> inherited(int descriptor, boolean unix) {
        if (!nonBlocking(descriptor)) {
            throw new IllegalArgumentException("descriptor " + descriptor + " is not open or not non-blocking");
        }
        return unix ? UnixSockets.listening(descriptor) : () -> new EpollServerSocketChannel(descriptor);
    }

    static void options(ServerBootstrap bootstrap, boolean epoll, int backlog) {
        bootstrap
                .option(ChannelOption.SO_BACKLOG, backlog)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.TCP_NODELAY, true);
        if (epoll) {
            INHERITED.forEach(bootstrap::option);
        } else {
            bootstrap.childOption(ChannelOption.SO_KEEPALIVE, true);
        }
    }

    static State state(Channel channel) {
        if (!(channel instanceof EpollSocketChannel socket) || !socket.isOpen()) {
            return State.OPEN;
        }
        EpollTcpInfo info = socket.tcpInfo();
        return switch (info.state()) {
            case TCP_CLOSE -> State.RESET;
            case TCP_CLOSE_WAIT -> State.FIN;
            default -> State.OPEN;
        };
    }

    /**
     * Sends {@code bytes} past Netty's queue, if nothing waits there, as far as the operating system takes them at once.
     * Answers whether that was all, and then they are released; what is left, or cannot be sent, is for Netty to write.
     * On the event loop.
     */
    static boolean send(Channel channel, ByteBuf bytes) {
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        if (queue == null
                || !queue.isEmpty()
                || !bytes.hasMemoryAddress()
                || !(channel instanceof UnixChannel unix && unix.fd() instanceof Socket socket)) {
            return false;
        }
        try {
            bytes.skipBytes(
                    Math.max(0, socket.sendAddress(bytes.memoryAddress(), bytes.readerIndex(), bytes.writerIndex())));
        } catch (IOException failed) {
            return false; // As it will be once more.
        }
        if (bytes.isReadable()) {
            return false;
        }
        bytes.release();
        return true;
    }

    private static boolean nonBlocking(int descriptor) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + descriptor))) {
                if (line.startsWith("flags:")) {
                    return (Integer.parseInt(line.substring(6).strip(), 8) & O_NONBLOCK) != 0;
                }
            }
        } catch (IOException notOpen) {
            return false;
        }
        return false;
    }
}
