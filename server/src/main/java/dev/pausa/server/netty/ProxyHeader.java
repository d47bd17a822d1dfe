package dev.pausa.server.netty;

import dev.pausa.server.Networks;
import dev.pausa.server.Proxies.Protocol;
import io.netty.buffer.ByteBuf;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a connection begins with in the PROXY protocol (haproxy.org/download/3.2/doc/proxy-protocol.txt; its sections stand
 * beside the code). Nothing is repaired: a receiver that guesses could be told an address by a client (2).
 *
 * @param local whether the proxy speaks for itself, as to look whether the server is well
 * @param source the client's end; {@code null} if the proxy does not tell, or it is no IP address
 * @param destination what the client connected to; {@code null} with {@code source}
 * @param secure whether the client speaks TLS with the proxy
 */
record ProxyHeader(
        boolean local,
        @Nullable InetSocketAddress source,
        @Nullable InetSocketAddress destination,
        boolean secure) {
    /** {@code PROXY UNKNOWN} with the longest addresses, and CRLF (2.1). */
    private static final int V1_LONGEST = 107;

    /** Room for addresses and all that a proxy tells of TLS, certificates apart. */
    private static final int V2_LONGEST = 4096;

    private static final byte[] V1 = {'P', 'R', 'O', 'X', 'Y', ' '};
    private static final byte[] V2 = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};
    private static final int V2_FIXED = 16;
    private static final int TYPE_SSL = 0x20;
    private static final int CLIENT_SSL = 0x01;

    private static final Pattern PORT = Pattern.compile("0|[1-9][0-9]{0,4}");
    private static final ProxyHeader LOCAL = new ProxyHeader(true, null, null, false);
    private static final ProxyHeader UNKNOWN = new ProxyHeader(false, null, null, false);

    /** The bytes are no header. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Takes a header from {@code bytes}.
     *
     * @return {@code null} if it is not complete; then nothing is taken
     * @throws Malformed as soon as it cannot become a header that {@code protocol} allows
     */
    static @Nullable ProxyHeader read(ByteBuf bytes, Protocol protocol) throws Malformed {
        if (protocol != Protocol.V2 && begins(bytes, V1)) {
            return line(bytes);
        }
        if (protocol != Protocol.V1 && begins(bytes, V2)) {
            return binary(bytes);
        }
        throw new Malformed("it does not begin with a header of the PROXY protocol");
    }

    /** Whether {@code bytes}, as many as there are, begin like {@code magic}. */
    private static boolean begins(ByteBuf bytes, byte[] magic) {
        int length = Math.min(magic.length, bytes.readableBytes());
        for (int i = 0; i < length; i++) {
            if (bytes.getByte(bytes.readerIndex() + i) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    /** 2.1. */
    private static @Nullable ProxyHeader line(ByteBuf bytes) throws Malformed {
        int most = Math.min(bytes.readableBytes(), V1_LONGEST);
        int length = bytes.bytesBefore(most, (byte) '\n');
        if (length < 0 && bytes.readableBytes() < V1_LONGEST) {
            return null;
        }
        if (length < 1 || bytes.getByte(bytes.readerIndex() + length - 1) != '\r') {
            throw new Malformed("the line of the PROXY protocol does not end as it must");
        }
        String line =
                bytes.readCharSequence(length - 1, StandardCharsets.ISO_8859_1).toString();
        bytes.skipBytes(2);
        String[] words = line.split(" ", -1);
        if (words[1].equals("UNKNOWN")) {
            return UNKNOWN;
        }
        if (words.length != 6) {
            throw new Malformed("the line of the PROXY protocol has not six words");
        }
        return new ProxyHeader(false, end(words[1], words[2], words[4]), end(words[1], words[3], words[5]), false);
    }

    private static InetSocketAddress end(String family, String literal, String port) throws Malformed {
        InetAddress address = Networks.address(literal);
        boolean fits = address != null
                && switch (family) {
                    case "TCP4" -> address instanceof Inet4Address && literal.indexOf(':') < 0;
                    case "TCP6" -> literal.indexOf(':') >= 0;
                    default -> false;
                };
        if (!fits || !PORT.matcher(port).matches() || Integer.parseInt(port) > 65_535) {
            throw new Malformed("the line of the PROXY protocol has no addresses and ports of a known family");
        }
        return new InetSocketAddress(address, Integer.parseInt(port));
    }

    /** 2.2. */
    private static @Nullable ProxyHeader binary(ByteBuf bytes) throws Malformed {
        if (bytes.readableBytes() < V2_FIXED) {
            return null;
        }
        int at = bytes.readerIndex() + V2.length;
        int command = bytes.getUnsignedByte(at);
        int family = bytes.getUnsignedByte(at + 1);
        int length = bytes.getUnsignedShort(at + 2);
        if (command != 0x20 && command != 0x21) {
            throw new Malformed("unknown version or command of the PROXY protocol: " + command);
        }
        if (length > V2_LONGEST) {
            throw new Malformed("the header of the PROXY protocol is longer than " + V2_LONGEST + " bytes");
        }
        if (bytes.readableBytes() < V2_FIXED + length) {
            return null;
        }
        ByteBuf rest = bytes.skipBytes(V2_FIXED).readSlice(length);
        return command == 0x20 ? LOCAL : proxied(rest, family);
    }

    private static ProxyHeader proxied(ByteBuf rest, int family) throws Malformed {
        int octets = switch (family) {
            case 0x11 -> 4;
            case 0x21 -> 16;
            case 0x31 -> 108; // Unix sockets, with their paths
            case 0x00 -> 0;
            default -> throw new Malformed("no family of streams in the PROXY protocol: " + family);
        };
        boolean inet = octets == 4 || octets == 16;
        if (rest.readableBytes() < octets * 2 + (inet ? 4 : 0)) {
            throw new Malformed("the header of the PROXY protocol is too short for its addresses");
        }
        if (!inet) {
            return new ProxyHeader(false, null, null, secure(rest.skipBytes(octets * 2)));
        }
        byte[] source = new byte[octets];
        byte[] destination = new byte[octets];
        rest.readBytes(source).readBytes(destination);
        var client = new InetSocketAddress(Networks.of(source), rest.readUnsignedShort());
        var server = new InetSocketAddress(Networks.of(destination), rest.readUnsignedShort());
        return new ProxyHeader(false, client, server, secure(rest));
    }

    /** What follows the addresses: types, lengths and values (2.2.5 for TLS). */
    private static boolean secure(ByteBuf rest) throws Malformed {
        boolean secure = false;
        while (rest.isReadable()) {
            int type = rest.readableBytes() < 3 ? -1 : rest.readUnsignedByte();
            int length = type < 0 ? 0 : rest.readUnsignedShort();
            if (type < 0 || length > rest.readableBytes()) {
                throw new Malformed("the header of the PROXY protocol ends within a value");
            }
            ByteBuf value = rest.readSlice(length);
            secure |= type == TYPE_SSL && value.isReadable() && (value.readByte() & CLIENT_SSL) != 0;
        }
        return secure;
    }
}
