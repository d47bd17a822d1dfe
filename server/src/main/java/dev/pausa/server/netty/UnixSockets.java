package dev.pausa.server.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is different for Unix sockets. */
final class UnixSockets {
    private static final Pattern SOCKET = Pattern.compile("socket:\\[([0-9]+)]");

    private UnixSockets() {}

    /** A socket that listens already. Netty does not remove its file. */
    static ChannelFactory<ServerChannel> listening(int descriptor) {
        return () -> new EpollServerDomainSocketChannel(descriptor, true);
    }

    static void options(ServerBootstrap bootstrap) {
        bootstrap.childOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }

    /** The address of an inherited socket, perhaps an empty one; {@code null} if it is no Unix socket. */
    static @Nullable UnixDomainSocketAddress inherited(int descriptor) {
        try {
            String link = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            Matcher socket = SOCKET.matcher(link);
            if (socket.matches()) {
                // Num RefCount Protocol Flags Type St Inode [Path] (proc_net(5))
                for (String line : Files.readAllLines(Path.of("/proc/self/net/unix"))) {
                    String[] words = line.strip().split("\\s+", 8);
                    if (words.length > 6 && words[6].equals(socket.group(1))) {
                        return UnixDomainSocketAddress.of(words.length > 7 ? words[7] : "");
                    }
                }
            }
        } catch (IOException notOpen) {
            // whoever uses it says so
        }
        return null;
    }
}
