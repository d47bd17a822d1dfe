package dev.pausa.server.netty;

import dev.pausa.http1.HostSyntax;
import dev.pausa.server.Proxies;
import dev.pausa.server.Proxies.Field;
import dev.pausa.wsgi.Name;
import dev.pausa.wsgi.Variables;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What proxies say of the client, in fields (RFC 7239, and those that began with X-). A peer that is not trusted could say
 * anything: its fields are deleted. Of a trusted one
 *
 * <ul>
 *   <li>the addresses are walked from the right, over proxies that are trusted by their address, to the first that is not:
 *       what stands further left, anybody may have written;
 *   <li>of other lists the last member counts, the nearest proxy's;
 *   <li>{@code Forwarded} is deleted if X-Forwarded-For, -Proto or -Host is there: proxies that set these mostly hand on
 *       what the client sent as the other;
 *   <li>what is malformed is refused: without it the request would pass for one of the proxy's own.
 * </ul>
 */
final class Forwarding {
    /** The bits of the fields' names, as {@link EnvironFactory} keeps them. */
    static final long FIELDS = bits();

    private static final Name REMOTE_ADDR = Name.of("REMOTE_ADDR");
    private static final Name REMOTE_PORT = Name.of("REMOTE_PORT");
    private static final Name SERVER_NAME = Name.of("SERVER_NAME");
    private static final Name SERVER_PORT = Name.of("SERVER_PORT");
    private static final Name SCRIPT_NAME = Name.of("SCRIPT_NAME");
    private static final Name URL_SCHEME = Name.of("wsgi.url_scheme");
    private static final Name HTTPS = Name.of("HTTPS");
    private static final Name HOST = Name.of("HTTP_HOST");

    /** Path characters (RFC 3986, 3.3) but for the comma, which separates. */
    private static final Pattern PREFIX = Pattern.compile("/[A-Za-z0-9._~!$&'()*+;=:@%/-]*");

    private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");

    private Forwarding() {}

    /** What was said: each {@code null} if it was not. */
    private record Said(
            @Nullable Node client,
            @Nullable String proto,
            @Nullable String host,
            @Nullable String port,
            @Nullable String prefix) {}

    private static long bits() {
        long bits = 0;
        for (Field field : Field.values()) {
            int number = field.variable().number();
            if (number < 0 || number >= 64) {
                throw new IllegalStateException("not among the first shared names: " + field);
            }
            bits |= 1L << number;
        }
        return bits;
    }

    /**
     * Believes or deletes the fields.
     *
     * @throws ForwardingRefused if one that counts is malformed
     */
    static void apply(Variables variables, boolean trusted, Proxies proxies) {
        Map<Field, String> fields = take(variables, trusted, proxies);
        if (!fields.isEmpty()) {
            Said said = said(fields, proxies);
            client(variables, said.client());
            server(variables, said);
            if (said.prefix() != null) {
                set(variables, SCRIPT_NAME, said.prefix());
            }
        }
    }

    /** The fields that count and are not empty; the others are deleted. */
    private static Map<Field, String> take(Variables variables, boolean trusted, Proxies proxies) {
        Map<Field, String> fields = new EnumMap<>(Field.class);
        for (Field field : Field.values()) {
            int index = variables.indexOf(field.variable());
            if (index >= 0 && !(trusted && proxies.fields().contains(field))) {
                variables.remove(index);
            } else if (index >= 0 && variables.length(index) > 0) {
                fields.put(field, variables.text(index));
            }
        }
        boolean other = fields.containsKey(Field.X_FORWARDED_FOR)
                || fields.containsKey(Field.X_FORWARDED_PROTO)
                || fields.containsKey(Field.X_FORWARDED_HOST);
        if (other && fields.remove(Field.FORWARDED) != null) {
            variables.remove(variables.indexOf(Field.FORWARDED.variable()));
        }
        return fields;
    }

    private static Said said(Map<Field, String> fields, Proxies proxies) {
        String forwarded = fields.get(Field.FORWARDED);
        String port = port(last(fields, Field.X_FORWARDED_PORT));
        String prefix = prefix(last(fields, Field.X_FORWARDED_PREFIX));
        if (forwarded != null) {
            ForwardedElement element = clients(ForwardedElement.parse(forwarded), proxies);
            return new Said(element.node(), scheme(element.proto()), host(element.host()), port, prefix);
        }
        String addresses = fields.get(Field.X_FORWARDED_FOR);
        return new Said(
                addresses == null ? null : client(addresses, proxies),
                scheme(last(fields, Field.X_FORWARDED_PROTO)),
                host(last(fields, Field.X_FORWARDED_HOST)),
                port,
                prefix);
    }

    private static ForwardedElement clients(List<ForwardedElement> elements, Proxies proxies) {
        int at = elements.size() - 1;
        while (at > 0 && proxy(elements.get(at).node(), proxies)) {
            at--;
        }
        return elements.get(at);
    }

    private static @Nullable Node client(String addresses, Proxies proxies) {
        Node client = null;
        int end = addresses.length();
        while (end >= 0 && (client == null || proxy(client, proxies))) {
            int comma = addresses.lastIndexOf(',', end - 1);
            String text = addresses.substring(comma + 1, end).strip();
            if (!text.isEmpty()) {
                client = Node.parse(text, true);
                if (client == null) {
                    throw new ForwardingRefused("X-Forwarded-For holds what is no address");
                }
            }
            end = comma;
        }
        return client;
    }

    private static boolean proxy(@Nullable Node node, Proxies proxies) {
        return node != null && node.address() != null && proxies.trusted().lists(node.address());
    }

    private static @Nullable String last(Map<Field, String> fields, Field field) {
        String value = fields.get(field);
        return value == null
                ? null
                : value.substring(value.lastIndexOf(',') + 1).strip();
    }

    /** Proxies that tell WebSocket apart say {@code ws} and {@code wss}. */
    private static @Nullable String scheme(@Nullable String proto) {
        return switch (proto == null ? "" : proto.toLowerCase(Locale.ROOT)) {
            case "http", "ws" -> "http";
            case "https", "wss" -> "https";
            case "" -> null;
            default -> throw new ForwardingRefused("the forwarded scheme is neither http nor https");
        };
    }

    private static @Nullable String host(@Nullable String host) {
        if (host != null && !HostSyntax.valid(host)) {
            throw new ForwardingRefused("the forwarded host is none");
        }
        return host == null || host.isEmpty() ? null : host;
    }

    private static @Nullable String port(@Nullable String port) {
        if (port == null || port.isEmpty()) {
            return null;
        }
        if (!PORT.matcher(port).matches() || Integer.parseInt(port) > 65_535) {
            throw new ForwardingRefused("X-Forwarded-Port is no port");
        }
        return port;
    }

    private static @Nullable String prefix(@Nullable String prefix) {
        if (prefix == null || prefix.isEmpty()) {
            return null;
        }
        // An application would redirect to //host as to another server.
        if (!PREFIX.matcher(prefix).matches() || prefix.contains("//")) {
            throw new ForwardingRefused("X-Forwarded-Prefix is no path");
        }
        return prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
    }

    /** An address that the proxy does not tell is an empty one: the proxy's own would be a lie. */
    private static void client(Variables variables, @Nullable Node client) {
        if (client == null) {
            return;
        }
        set(variables, REMOTE_ADDR, client.address() == null ? "" : NetUtil.toAddressString(client.address()));
        if (!client.port().isEmpty()) {
            set(variables, REMOTE_PORT, client.port());
        } else if (variables.indexOf(REMOTE_PORT) >= 0) {
            variables.remove(variables.indexOf(REMOTE_PORT));
        }
    }

    private static void server(Variables variables, Said said) {
        if (said.proto() != null) {
            secure(variables, said.proto());
        }
        if (said.host() != null) {
            set(variables, HOST, said.host());
            set(variables, SERVER_NAME, said.host().substring(0, portColon(said.host())));
        }
        if (said.proto() == null && said.host() == null && said.port() == null) {
            return;
        }
        int scheme = variables.indexOf(URL_SCHEME);
        String standard = variables.text(scheme).equals("https") ? "443" : "80";
        int index = variables.indexOf(HOST);
        String host = index < 0 ? "" : variables.text(index);
        String inHost = host.substring(Math.min(portColon(host) + 1, host.length()));
        String port = said.port() != null ? said.port() : inHost.isEmpty() ? standard : inHost;
        set(variables, SERVER_PORT, port);
        if (said.port() != null && portColon(host) == host.length() && !host.isEmpty() && !port.equals(standard)) {
            set(variables, HOST, host + ":" + port);
        }
    }

    private static void secure(Variables variables, String scheme) {
        set(variables, URL_SCHEME, scheme);
        if (scheme.equals("https")) {
            set(variables, HTTPS, "on");
        } else if (variables.indexOf(HTTPS) >= 0) {
            variables.remove(variables.indexOf(HTTPS));
        }
    }

    /** Where the colon before the port is, or the end. */
    private static int portColon(String host) {
        int colon = host.lastIndexOf(':');
        return colon < 0 || host.indexOf(']') > colon ? host.length() : colon;
    }

    private static void set(Variables variables, Name name, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
        int index = variables.indexOf(name);
        if (index < 0) {
            variables.add(name, bytes);
        } else {
            variables.set(index, bytes);
        }
    }
}
