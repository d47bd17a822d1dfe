package dev.pausa.server.netty;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The two ends of a connection, as the environ shows them. */
record Peer(byte[] serverName, byte[] serverPort, byte[] remoteAddress, byte[] remotePort) {
    private static final byte[] EMPTY = {};

    static Peer of(@Nullable SocketAddress local, @Nullable SocketAddress remote) {
        return new Peer(address(local), port(local), address(remote), port(remote));
    }

    private static byte[] address(@Nullable SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            return EMPTY;
        }
        InetAddress ip = inet.getAddress();
        // As RFC 5952 writes IPv6, without the zone.
        return ascii(ip == null ? inet.getHostString() : NetUtil.toAddressString(ip));
    }

    private static byte[] port(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet ? ascii(Integer.toString(inet.getPort())) : EMPTY;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
