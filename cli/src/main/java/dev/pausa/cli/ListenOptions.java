package dev.pausa.cli;

import dev.pausa.server.Listener;
import dev.pausa.server.UnderscoreField;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where the server listens. */
final class ListenOptions {
    @Option(
            names = {"-b", "--bind"},
            paramLabel = "ADDRESS",
            converter = Converters.Address.class,
            description = "HOST[:PORT], :PORT, [IPv6]:PORT, unix:PATH or fd://N; repeatable. Default: 127.0.0.1:8000.")
    List<Listener> bind = List.of();

    @Option(
            names = "--socket-mode",
            paramLabel = "OCTAL",
            converter = Converters.Mode.class,
            description = "Mode of unix:PATH: who may write may connect. Default: 660.")
    int mode = Listener.Unix.MODE;

    @Option(
            names = "--socket-owner",
            paramLabel = "USER:GROUP",
            description = "Owner of unix:PATH: USER, USER:GROUP or :GROUP. Default: those of the process.")
    String owner = "";

    @Option(
            names = "--allow-underscore-header",
            paramLabel = "NAME",
            split = ",",
            converter = Converters.Underscored.class,
            description = "A header field with an underscore that the application gets, such as Remote_User; the one"
                    + " with hyphens is dropped instead. Repeatable, or comma-separated. Default: none.")
    List<UnderscoreField> underscored = List.of();

    /**
     * The addresses.
     *
     * @throws IllegalArgumentException if the environment's is wrong, saying how
     */
    List<Listener> listeners(Map<String, String> environment) {
        if (!bind.isEmpty()) {
            return bind.stream().map(this::withFile).toList();
        }
        String port = environment.get("PORT");
        if (port == null || port.isEmpty()) {
            return List.of(new Listener.Tcp("127.0.0.1", 8000));
        }
        try {
            return List.of(new Listener.Tcp("0.0.0.0", Integer.parseInt(port)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the environment variable PORT is no port: '" + port + "'", e);
        }
    }

    private Listener withFile(Listener listener) {
        return listener instanceof Listener.Unix unix ? new Listener.Unix(unix.path(), mode, owner) : listener;
    }
}
