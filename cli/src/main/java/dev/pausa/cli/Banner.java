package dev.pausa.cli;

import dev.pausa.server.Listener;
import java.lang.module.ModuleDescriptor;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the server says once it accepts connections. */
final class Banner {
    private Banner() {}

    /** The version of Pausa. */
    static String version() {
        return Optional.ofNullable(Main.class.getModule().getDescriptor())
                .flatMap(ModuleDescriptor::rawVersion)
                .orElse("(version unknown)");
    }

    /** The lines; {@code addresses} are those bound, one for each listener; {@code host} says which Python. */
    static List<String> lines(ServeOptions options, List<SocketAddress> addresses, String host) {
        List<String> lines = new ArrayList<>();
        lines.add("Starting pausa " + version());
        for (int i = 0; i < addresses.size(); i++) {
            String url = url(options.listeners().get(i), addresses.get(i));
            lines.add("Listening at: " + url + " (" + ProcessHandle.current().pid() + ")");
        }
        lines.add("Using " + host + ", Java " + Runtime.version().feature());
        lines.add("Serving " + options.target().text() + " with 1 worker of " + options.threads() + " threads");
        if (Main.terminal("stderr")) {
            lines.add("Press Ctrl+C to stop");
        }
        return lines;
    }

    /** As the user wrote the host, with the port that was bound. */
    private static String url(Listener listener, SocketAddress bound) {
        if (!(bound instanceof InetSocketAddress address)) {
            return "unix:" + bound;
        }
        String host = listener instanceof Listener.Tcp tcp
                ? tcp.host()
                : address.getAddress().getHostAddress();
        return "http://" + new Listener.Tcp(host, address.getPort());
    }
}
