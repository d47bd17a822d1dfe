package dev.pausa.cli;

import dev.pausa.server.Networks;
import dev.pausa.server.Proxies;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Stack;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Whom the server believes about its clients. */
final class ProxyOptions {
    @Option(
            names = "--forwarded-allow-ips",
            paramLabel = "NETWORKS",
            converter = Converters.Addresses.class,
            description = "Proxies whose X-Forwarded-* and Forwarded fields are believed: addresses and networks,"
                    + " comma-separated, or * for any peer. All others' are deleted."
                    + " Default: $FORWARDED_ALLOW_IPS or 127.0.0.1,::1.")
    @Nullable
    Networks trusted;

    @Option(
            names = "--trusted-proxy-headers",
            paramLabel = "NAMES",
            split = ",",
            converter = Converters.ForwardingField.class,
            description = "Those of the fields that the proxies set: x-forwarded-for, x-forwarded-proto,"
                    + " x-forwarded-host, x-forwarded-port, x-forwarded-prefix, forwarded; the others are deleted."
                    + " Default: all.")
    List<Proxies.Field> fields = List.of();

    @Option(
            names = "--proxy-protocol",
            paramLabel = "off|v1|v2|auto",
            arity = "0..1",
            fallbackValue = "auto",
            preprocessor = OptionalMode.class,
            description = "Each connection must begin with a header of the PROXY protocol; without a value: auto,"
                    + " either version. Default: off.")
    Proxies.Protocol protocol = Proxies.DEFAULT.protocol();

    @Option(
            names = "--proxy-allow-from",
            paramLabel = "NETWORKS",
            converter = Converters.Addresses.class,
            description = "Proxies that may connect with --proxy-protocol. Default: ${DEFAULT-VALUE}.")
    Networks senders = Proxies.DEFAULT.senders();

    @Option(
            names = "--root-path",
            paramLabel = "PREFIX",
            converter = Converters.RootPath.class,
            description =
                    "SCRIPT_NAME: the part of the path in front of the application's, such as /app; cut from paths"
                            + " that begin with it. Default: none.")
    String rootPath = Proxies.DEFAULT.rootPath();

    /** Puts in the value that was left out in front of the target, which would pass for it. */
    static final class OptionalMode implements IParameterPreprocessor {
        @Override
        public boolean preprocess(Stack<String> args, CommandSpec command, ArgSpec option, Map<String, Object> info) {
            boolean attached = Objects.equals(info.get("separator"), "=");
            if (!attached && !(args.isEmpty() || args.peek().matches("(?i)off|v1|v2|auto"))) {
                args.push("auto");
            }
            return false; // and picocli goes on
        }
    }

    /**
     * The options' values.
     *
     * @throws IllegalArgumentException if the environment's are wrong, saying how
     */
    Proxies proxies(Map<String, String> environment) {
        return new Proxies(
                trusted == null ? trusted(environment.get("FORWARDED_ALLOW_IPS")) : trusted,
                fields.isEmpty() ? Proxies.DEFAULT.fields() : EnumSet.copyOf(fields),
                protocol,
                senders,
                rootPath);
    }

    private static Networks trusted(@Nullable String variable) {
        try {
            return variable == null ? Proxies.DEFAULT.trusted() : Networks.parse(variable);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the environment variable FORWARDED_ALLOW_IPS: " + e.getMessage(), e);
        }
    }
}
