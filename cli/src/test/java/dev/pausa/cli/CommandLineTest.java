package dev.pausa.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.exchange.PausePolicy;
import dev.pausa.server.Limits;
import dev.pausa.server.Listener;
import dev.pausa.server.Networks;
import dev.pausa.server.Proxies;
import dev.pausa.server.Reporting;
import dev.pausa.server.Timeouts;
import dev.pausa.server.UnderscoreField;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What command lines mean and what is said of wrong ones. */
class CommandLineTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final FakeHost host = new FakeHost();

    /** Notes what it is asked to serve. */
    private static final class FakeHost implements Host {
        @Nullable
        Order order;

        final List<Integer> inherited = new ArrayList<>();

        @Override
        public String description() {
            return "a test";
        }

        @Override
        public void inherit(int descriptor) {
            inherited.add(descriptor);
        }

        @Override
        public int serve(Order order, Service service) {
            this.order = order;
            return 42;
        }
    }

    private int run(Map<String, String> environment, String... args) {
        return Main.commandLine(new ServeCommand(environment, () -> host))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }

    private static ServeOptions options(Map<String, String> environment, String... args) {
        ServeCommand command = new ServeCommand(environment, FakeHost::new);
        new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(args);
        return command.options();
    }

    private static ServeOptions options(String... args) {
        return options(Map.of(), args);
    }

    @Test
    void underscoreHeaders() {
        assertEquals(List.of(), options("hello:app").underscoreFields());
        assertEquals(
                List.of(new UnderscoreField("Remote_User"), new UnderscoreField("x_a-b"), new UnderscoreField("_c")),
                options("--allow-underscore-header", "Remote_User,x_a-b", "--allow-underscore-header=_c", "hello:app")
                        .underscoreFields());
    }

    @ParameterizedTest
    @CsvSource({
        "Remote-User, has no underscore",
        "'Remote_User ', is no field name",
        "Remote_User:, is no field name",
        "'', is no field name",
        "Content_Length, would take the place of Content-Length",
        "CONTENT_TYPE, would take the place of CONTENT-TYPE",
        "transfer_encoding, would take the place of transfer-encoding",
        "X_Forwarded-For, would take the place of X-Forwarded-For"
    })
    void wrongUnderscoreHeaders(String name, String message) {
        assertEquals(2, run(Map.of(), "--allow-underscore-header=" + name, "hello:app"));
        assertTrue(err.toString().contains(message), err.toString());
    }

    @Test
    void defaults() {
        ServeOptions options = options("hello:app");
        assertEquals(List.of(new Listener.Tcp("127.0.0.1", 8000)), options.listeners());
        assertEquals(new Target.Python("hello:app"), options.target());
        assertEquals(8, options.threads());
        assertEquals(Limits.DEFAULT, options.limits());
        assertEquals(Timeouts.DEFAULT, options.timeouts());
        assertEquals(PausePolicy.DEFAULT, options.pauses());
        assertEquals(Proxies.DEFAULT, options.proxies());
        assertTrue(options.sendfile());
        assertEquals(Reporting.DEFAULT, options.logs().reporting());
    }

    @Test
    void debugOnLoopbackOnly() {
        for (String address : List.of("127.0.0.1", "localhost:0", "[::1]:80", "127.1.2.3", "fd://3")) {
            assertTrue(options("--debug", "-b", address, "hello")
                    .logs()
                    .reporting()
                    .debug());
        }
        assertEquals(Main.USAGE, run(Map.of("PORT", "5000"), "--debug", "hello"));
    }

    @Test
    void requestIds() {
        assertEquals(
                new Reporting(false, "X-Trace"),
                options("--request-id-header", "X-Trace", "hello").logs().reporting());
    }

    @Test
    void eachOptionReachesTheServer() {
        ServeOptions options =
                options(("hello -b :81 --bind [::1]:82 --threads 3 --keep-alive 1.5 --head-timeout 2 --body-timeout 3 "
                                + "--write-timeout 4 --first-byte-timeout 6 --queue-timeout 7 --graceful-timeout 5 --graceful-timeout-parked 0 "
                                + "--limit-request-line 10 --limit-request-fields 11 --limit-request-field_size 12 "
                                + "--limit-request-header-size 13 --limit-chunk-extensions 14 --limit-request-body 15 "
                                + "--request-buffer 16 --worker-connections 17 --max-paused 18 --no-pause "
                                + "--min-body-rate 0 --upload-threads 2 --backlog 20 --max-waiting 21 "
                                + "--pause-timeout 0.25 --keep-half-closed --thread-affinity always --no-sendfile")
                        .split(" "));
        assertEquals(List.of(new Listener.Tcp("0.0.0.0", 81), new Listener.Tcp("::1", 82)), options.listeners());
        assertEquals(3, options.threads());
        assertFalse(options.sendfile());
        assertEquals(
                new Timeouts(
                        Duration.ofSeconds(6),
                        Duration.ofMillis(1500),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(7),
                        Duration.ofSeconds(5),
                        Duration.ZERO),
                options.timeouts());
        assertEquals(
                new Limits(new dev.pausa.http1.HeadLimits(10, 11, 12, 13, 14), 16, 15, 0, 2, 20, 17, 21, 18),
                options.limits());
        assertEquals(
                new PausePolicy(false, Duration.ofMillis(250), PausePolicy.Affinity.ALWAYS, true), options.pauses());
    }

    @Test
    void unixSockets() {
        assertEquals(
                List.of(new Listener.Unix("/run/a", 0660, ""), new Listener.Tcp("0.0.0.0", 81)),
                options("hello", "-b", "unix:/run/a", "-b", ":81").listeners());
        assertEquals(
                List.of(new Listener.Unix("/run/a", 0600, "www-data:adm")),
                options("hello -b unix:/run/a --socket-mode 600 --socket-owner www-data:adm".split(" "))
                        .listeners());
    }

    @Test
    void proxies() {
        ServeOptions options =
                options(("hello --forwarded-allow-ips *,10.0.0.0/8 --proxy-protocol v2 --proxy-allow-from 10.0.0.1 "
                                + "--trusted-proxy-headers X-Forwarded-For,forwarded --root-path /app/")
                        .split(" "));
        assertEquals(
                new Proxies(
                        Networks.parse("*,10.0.0.0/8"),
                        Set.of(Proxies.Field.X_FORWARDED_FOR, Proxies.Field.FORWARDED),
                        Proxies.Protocol.V2,
                        Networks.parse("10.0.0.1"),
                        "/app"),
                options.proxies());
        assertEquals("", options("hello", "--root-path", "/").proxies().rootPath());
        assertEquals(
                Proxies.Protocol.AUTO,
                options("hello", "--proxy-protocol").proxies().protocol());
        assertEquals(
                Proxies.Protocol.AUTO,
                options("--proxy-protocol", "hello").proxies().protocol());
        assertEquals(
                Proxies.Protocol.V1,
                options("--proxy-protocol=v1", "hello").proxies().protocol());
    }

    @Test
    void trustedProxiesOfTheEnvironment() {
        Map<String, String> environment = Map.of("FORWARDED_ALLOW_IPS", "*");
        assertEquals(
                Networks.parse("*"), options(environment, "hello").proxies().trusted());
        assertEquals(
                Networks.parse("::1"),
                options(environment, "hello", "--forwarded-allow-ips", "::1")
                        .proxies()
                        .trusted());
    }

    @Test
    void halfOfTheThreadsAreForUploads() {
        assertEquals(4, options("hello").limits().uploads());
        assertEquals(1, options("hello", "--threads", "1").limits().uploads());
        assertEquals(8, options("hello", "--threads", "16").limits().uploads());
    }

    @Test
    void portOfTheEnvironment() {
        Map<String, String> environment = Map.of("PORT", "5000");
        assertEquals(
                List.of(new Listener.Tcp("0.0.0.0", 5000)),
                options(environment, "hello").listeners());
        assertEquals(
                List.of(new Listener.Tcp("localhost", 8000)),
                options(environment, "hello", "-b", "localhost").listeners());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--thread 4 hello               | Unknown option",
                "--thread 4 hello               | --threads",
                "--threads 0 hello              | 'whole number from 1'",
                "--keep-alive 0 hello           | 'seconds above 0'",
                "--graceful-timeout -1 hello    | 'seconds from 0'",
                "--workers 2 hello              | only one worker",
                "--bind ::1 hello               | IPv6 needs brackets",
                "--bind :99999 hello            | port out of range",
                "--bind unix: hello             | not the path of a Unix socket",
                "--socket-mode 999 hello        | no mode such as 660",
                "--forwarded-allow-ips a hello  | not an IP address or network: 'a'",
                "--proxy-allow-from 1/8 hello   | not an IP address or network: '1/8'",
                "--trusted-proxy-headers x hello| none of the fields that proxies set",
                "--proxy-protocol=v3 hello      | proxy-protocol",
                "--root-path app hello          | no path such as /app",
                "--root-path //a hello          | no path such as /app",
                "--root-path /a?b hello         | no path such as /app",
                "--env novalue hello            | KEY=VALUE",
                "--environ novalue hello        | KEY=VALUE",
                "--environ =value hello         | KEY=VALUE",
                "--environ wsgi.input=x hello   | own variable; choose another",
                "--environ pausa.x=x hello      | own variable; choose another",
                "--environ HTTP_X_A=x hello     | own variable; choose another",
                "--environ SCRIPT_NAME=/a hello | own variable; choose another",
                "--environ K\u00c9Y=x hello        | is no name of a variable",
                "--environ KEY=\u20ac hello       | beyond U+00FF",
                "--thread-affinity maybe hello  | thread-affinity",
                "--interface cgi hello          | interface",
                "--interface asgi java:Hello    | for applications in Python",
                "--log-level loud hello         | log-level",
                "--request-id-header a:b hello  | not the name of a header field",
                "--request-id-header a_b hello  | not the name of a header field",
                "--debug -b 0.0.0.0 hello       | 0.0.0.0:8000; use it with a loopback address",
                "--debug -b :80 hello           | loopback",
                "--debug -b [::]:80 hello       | loopback",
                "--debug -b 127.0.0.1 -b 0.0.0.0 hello | loopback",
                "--python .venv hello           | --python is for ./pausa of a clone",
                "--class-path a hello           | for applications in Java",
                "--chdir a java:Hello           | for applications in Python",
                "hello more                     | more",
                "--threads 2                    | no application given",
            })
    void wrongCommandLines(String line, String message) {
        assertEquals(Main.USAGE, run(Map.of(), line.split(" ")));
        assertTrue(err.toString().contains(message), err::toString);
        assertTrue(err.toString().contains("--help"), err::toString);
        assertEquals(null, host.order);
    }

    @Test
    void wrongEnvironment() {
        assertEquals(Main.USAGE, run(Map.of("WEB_CONCURRENCY", "3"), "hello"));
        assertEquals(Main.USAGE, run(Map.of("WEB_CONCURRENCY", "many"), "hello"));
        assertEquals(Main.USAGE, run(Map.of("FORWARDED_ALLOW_IPS", "proxy"), "hello"));
        assertEquals(Main.USAGE, run(Map.of("PORT", "http"), "hello"));
        assertTrue(err.toString().contains("PORT"), err::toString);
    }

    @Test
    void whatPythonIsToldToLoad() {
        String[] line =
                "--interface asgi --chdir x --pythonpath a,b --pythonpath c -e K=V -e L=a=b --environ a.b=c=d --environ E= hello:app"
                        .split(" ");
        assertEquals(42, run(Map.of("WEB_CONCURRENCY", "1"), line));
        assertEquals(
                new Host.Order(
                        "hello:app",
                        Host.Interface.ASGI,
                        null,
                        Map.of(
                                "a.b",
                                "c=d",
                                "E",
                                "",
                                "wsgi.multithread",
                                true,
                                "SERVER_SOFTWARE",
                                "pausa/" + Banner.version()),
                        "x",
                        List.of("a", "b", "c"),
                        List.of("K=V", "L=a=b")),
                host.order);
    }

    @Test
    void oneThreadIsToldToTheApplication() {
        assertEquals(false, options("--threads", "1", "hello").environ().get("wsgi.multithread"));
    }

    @Test
    void helpIsInGroupsAndFits() {
        assertEquals(0, run(Map.of(), "--help"));
        for (String group : List.of("Listening:", "Pausing:", "Time-outs:", "Limits:", "Signals:", "Environment:")) {
            assertTrue(out.toString().contains("\n" + group + "\n"), group);
        }
        out.toString().lines().forEach(line -> assertTrue(line.length() <= 100, line));
    }

    @Test
    void version() {
        assertEquals(0, run(Map.of(), "--version"));
        assertTrue(out.toString().startsWith("pausa "), out::toString);
    }

    @ParameterizedTest
    @CsvSource({
        "java:no.such.Class, no class no.such.Class",
        "java:java.lang.String, does not implement dev.pausa.wsgi.Application",
        "java:dev.pausa.cli.CommandLineTest$Hidden, must be public",
    })
    void applicationsInJavaThatCannotBeLoaded(String target, String message) {
        assertEquals(Main.FAILED, run(Map.of(), target));
        assertTrue(err.toString().contains(message), err::toString);
        assertEquals(null, host.order);
    }

    @Test
    void anApplicationInJavaThatThrows() {
        assertEquals(Main.FAILED, run(Map.of(), "java:" + Throwing.class.getName()));
        assertTrue(err.toString().contains("could not be made"), err::toString);
        assertTrue(err.toString().contains("IllegalStateException: its own"), err::toString);
    }

    @Test
    void anApplicationInJava() {
        assertEquals(42, run(Map.of(), "java:" + Working.class.getName()));
        Host.Order order = host.order;
        assertTrue(order != null && order.application() instanceof Working);
    }

    /** Cannot be made. */
    static final class Hidden extends Working {
        private Hidden() {}
    }

    /** Fails by its own fault. */
    public static final class Throwing extends Working {
        public Throwing() {
            throw new IllegalStateException("its own");
        }
    }

    /** Does nothing. */
    public static class Working implements dev.pausa.wsgi.Application {
        @Override
        public dev.pausa.wsgi.Body call(dev.pausa.wsgi.Environ environ, dev.pausa.wsgi.StartResponse startResponse) {
            throw new UnsupportedOperationException();
        }
    }
}
