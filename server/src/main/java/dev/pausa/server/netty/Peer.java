package dev.pausa.server.netty;

import dev.pausa.server.Proxies;
import io.netty.channel.Channel;
import io.netty.channel.unix.DomainSocketChannel;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The two ends of a connection, as the environ shows them.
 *
 * @param serverName the address that the client connected to
 * @param serverPort its port
 * @param remoteAddress the client's address; empty on a Unix socket
 * @param remotePort its port; empty on a Unix socket
 * @param secure whether the client speaks TLS, with whomever
 * @param trusted whether what it says of others is believed
 */
record Peer(
        byte[] serverName,
        byte[] serverPort,
        byte[] remoteAddress,
        byte[] remotePort,
        boolean secure,
        boolean trusted) {
    private static final byte[] EMPTY = {};
    private static final byte[] LOCALHOST = ascii("localhost");
    private static final byte[] HTTP_PORT = ascii("80");

    /** The ends as the operating system knows them. */
    static Peer of(Channel channel, Proxies proxies) {
        if (channel instanceof DomainSocketChannel) {
            // Neither may be empty (PEP 3333); the client's own words are in HTTP_HOST.
            return new Peer(LOCALHOST, HTTP_PORT, EMPTY, EMPTY, false, true);
        }
        SocketAddress local = channel.localAddress();
        SocketAddress remote = channel.remoteAddress();
        return new Peer(address(local), port(local), address(remote), port(remote), false, trusted(remote, proxies));
    }

    /** The ends as a proxy told them. Fields are the client's own unless that is trusted: the proxy may not see them. */
    static Peer of(Channel channel, ProxyHeader header, Proxies proxies) {
        Peer own = of(channel, proxies);
        if (header.local()) {
            return own;
        }
        InetSocketAddress client = header.source();
        InetSocketAddress server = header.destination();
        return new Peer(
                server == null ? own.serverName : address(server),
                server == null ? own.serverPort : port(server),
                address(client),
                port(client),
                header.secure(),
                trusted(client, proxies));
    }

    private static boolean trusted(@Nullable SocketAddress remote, Proxies proxies) {
        InetAddress ip = remote instanceof InetSocketAddress inet ? inet.getAddress() : null;
        return ip == null ? proxies.trusted().any() : proxies.trusted().contains(ip);
    }

    /** The client's address and port, for log lines. */
    @Override
    public String toString() {
        if (remoteAddress.length == 0) {
            return "a client without an address";
        }
        String address = new String(remoteAddress, StandardCharsets.ISO_8859_1);
        String port = new String(remotePort, StandardCharsets.ISO_8859_1);
        return (address.indexOf(':') < 0 ? address : "[" + address + "]") + (port.isEmpty() ? "" : ":" + port);
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
