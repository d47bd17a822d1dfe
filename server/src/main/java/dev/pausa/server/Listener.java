package dev.pausa.server;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Where a server accepts connections. */
public sealed interface Listener {
    /**
     * A TCP address.
     *
     * @param host a name or an address; IPv6 without brackets
     * @param port 0 to 65535; 0 lets the system choose
     */
    record Tcp(String host, int port) implements Listener {
        /** Refuses a port out of range. */
        public Tcp {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port out of range: " + port);
            }
        }

        /** The address, looked up. */
        public InetSocketAddress address() {
            return new InetSocketAddress(host, port);
        }

        @Override
        public String toString() {
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        }
    }

    /**
     * A descriptor that this process inherited: a TCP or Unix socket that is bound, listening and non-blocking. Needs epoll.
     *
     * @param number of the descriptor
     */
    record Descriptor(int number) implements Listener {
        /** Refuses what is no descriptor. */
        public Descriptor {
            if (number < 0) {
                throw new IllegalArgumentException("no descriptor: " + number);
            }
        }

        @Override
        public String toString() {
            return "fd://" + number;
        }
    }

    /**
     * A Unix socket, which a file stands for. Needs epoll.
     *
     * @param path of the file. A socket there that nobody listens on is replaced, anything else is not; it is removed at the
     *     end
     * @param mode of the file, from 0 to 0777 (octal): who may write to it may connect
     * @param owner of the file: {@code user}, {@code user:group} or {@code :group}; empty for whom the system makes it
     */
    record Unix(String path, int mode, String owner) implements Listener {
        /** {@code rw-rw----}. */
        public static final int MODE = 0660;

        /** What {@code sockaddr_un} has room for, without the NUL at the end (unix(7)). */
        private static final int LONGEST = 107;

        /** Refuses what is no path or no mode. */
        public Unix {
            int length = path.getBytes(StandardCharsets.UTF_8).length;
            if (path.isEmpty() || path.startsWith("@") || path.indexOf(0) >= 0) {
                throw new IllegalArgumentException("not the path of a Unix socket: '" + path + "'");
            }
            if (length > LONGEST) {
                throw new IllegalArgumentException(
                        "the path of a Unix socket has " + LONGEST + " bytes at most, not " + length + ": " + path);
            }
            if (mode < 0 || mode > 0777) {
                throw new IllegalArgumentException("mode out of range: " + Integer.toOctalString(mode));
            }
        }

        @Override
        public String toString() {
            return "unix:" + path;
        }
    }

    /**
     * Reads {@code host:port}, {@code [IPv6]:port}, {@code :port} (every address), {@code host} (port 8000),
     * {@code unix:PATH} or {@code fd://N}.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static Listener parse(String text) {
        if (text.startsWith("fd://")) {
            return new Descriptor(number(text, text.substring(5)));
        }
        if (text.startsWith("unix:")) {
            String path = text.substring(5);
            return new Unix(path.startsWith("//") ? path.substring(2) : path, Unix.MODE, "");
        }
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            String rest = end < 0 ? "?" : text.substring(end + 1);
            if (end < 2 || !(rest.isEmpty() || rest.startsWith(":"))) {
                throw new IllegalArgumentException("not an address: " + text);
            }
            return new Tcp(text.substring(1, end), rest.isEmpty() ? 8000 : number(text, rest.substring(1)));
        }
        int colon = text.lastIndexOf(':');
        if (colon != text.indexOf(':') || text.isBlank()) {
            throw new IllegalArgumentException("not an address (IPv6 needs brackets): " + text);
        }
        if (colon < 0) {
            return new Tcp(text, 8000);
        }
        return new Tcp(colon == 0 ? "0.0.0.0" : text.substring(0, colon), number(text, text.substring(colon + 1)));
    }

    private static int number(String text, String digits) {
        if (!digits.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException("not an address, no number where one belongs: " + text);
        }
        return Integer.parseInt(digits);
    }
}
