package dev.pausa.server;

import dev.pausa.http1.HostSyntax;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A set of IP addresses: single ones, networks (CIDR, RFC 4632), or any. Immutable. */
public final class Networks {
    /** {@code 127.0.0.1,::1}. */
    public static final Networks LOOPBACK = parse("127.0.0.1,::1");

    private final String text;
    private final boolean any;
    private final List<Network> networks;

    private record Network(byte[] bits, int prefix) {
        boolean contains(byte[] address) {
            if (address.length != bits.length) {
                return false;
            }
            for (int i = 0; i < bits.length; i++) {
                if (((bits[i] ^ address[i]) & mask(i, prefix)) != 0) {
                    return false;
                }
            }
            return true;
        }

        static int mask(int octet, int prefix) {
            return 0xFF00 >> Math.clamp(prefix - octet * 8L, 0, 8) & 0xFF;
        }
    }

    private Networks(String text, boolean any, List<Network> networks) {
        this.text = text;
        this.any = any;
        this.networks = List.copyOf(networks);
    }

    /**
     * Reads addresses and networks, separated by commas: {@code 127.0.0.1,::1,10.0.0.0/8}, or {@code *} for any.
     *
     * @throws IllegalArgumentException saying which is none
     */
    public static Networks parse(String text) {
        boolean any = false;
        List<Network> networks = new ArrayList<>();
        for (String each : text.split(",", -1)) {
            String item = each.strip();
            if (item.equals("*")) {
                any = true;
            } else if (!item.isEmpty()) {
                networks.add(network(item));
            }
        }
        return new Networks(text, any, networks);
    }

    private static Network network(String item) {
        int slash = item.indexOf('/');
        InetAddress address = address(slash < 0 ? item : item.substring(0, slash));
        if (address == null) {
            throw new IllegalArgumentException("not an IP address or network: '" + item + "'");
        }
        byte[] bits = address.getAddress();
        String digits = slash < 0 ? Integer.toString(bits.length * 8) : item.substring(slash + 1);
        if (!digits.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(digits) > bits.length * 8) {
            throw new IllegalArgumentException("not the length of a prefix: '" + item + "'");
        }
        int prefix = Integer.parseInt(digits);
        for (int i = 0; i < bits.length; i++) {
            if ((bits[i] & 0xFF & ~Network.mask(i, prefix)) != 0) {
                throw new IllegalArgumentException("'" + item + "' has bits set behind its prefix");
            }
        }
        return new Network(bits, prefix);
    }

    /** Whether there is a {@code *}. */
    public boolean any() {
        return any;
    }

    /** Whether {@code address} is listed, by itself or in a network; {@code *} lists none. */
    public boolean lists(InetAddress address) {
        byte[] bits = address.getAddress();
        for (Network network : networks) {
            if (network.contains(bits)) {
                return true;
            }
        }
        return false;
    }

    /** Whether {@code address} is listed or any is. */
    public boolean contains(InetAddress address) {
        return any || lists(address);
    }

    /**
     * The address that a literal is, without brackets or a zone, or {@code null}. Strict: what some read as octal, or with
     * fewer than four numbers, is none. IPv6 that maps an IPv4 address is that.
     */
    public static @Nullable InetAddress address(String literal) {
        if (HostSyntax.ipv4(literal)) {
            String[] octets = literal.split("\\.", -1);
            byte[] bits = new byte[4];
            for (int i = 0; i < bits.length; i++) {
                bits[i] = (byte) Integer.parseInt(octets[i]);
            }
            return of(bits);
        }
        return HostSyntax.ipv6(literal) ? Inet6Address.ofLiteral(literal) : null;
    }

    /** The address of 4 or 16 octets. */
    public static InetAddress of(byte[] octets) {
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException wrongLength) {
            throw new IllegalArgumentException("octets: " + octets.length, wrongLength);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Networks networks && networks.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** As it was given. */
    @Override
    public String toString() {
        return text;
    }
}
