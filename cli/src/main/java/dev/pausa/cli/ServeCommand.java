package dev.pausa.cli;

import dev.pausa.exchange.PausePolicy;
import dev.pausa.server.Listener;
import dev.pausa.wsgi.Application;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Serves one application: what the command does. */
@Command(
        name = "pausa",
        sortOptions = false,
        sortSynopsis = false,
        versionProvider = ServeCommand.Version.class,
        customSynopsis = "pausa [OPTIONS] TARGET%n",
        header = "Serves a WSGI application whose requests can pause.%n",
        footerHeading = "%nSignals:%n",
        footer = {
            "  INT, TERM, HUP       finish what runs, then stop; a second one ends the process at once",
            "  QUIT                 print the stacks of all of the JVM's threads",
            "",
            "Environment:",
            "  PORT                 serve on 0.0.0.0:$PORT if no --bind is given",
            "  WEB_CONCURRENCY      the default of --workers",
            "  FORWARDED_ALLOW_IPS  the default of --forwarded-allow-ips",
            "  JAVA_HOME            the Java to use, 25 or newer",
            "  PAUSA_JAVA_OPTIONS   options for the JVM, such as -Xmx512m",
            "  PAUSA_AOT_CACHE      a folder for what makes later starts faster; 'off': none",
            "  NO_COLOR             no colours, on terminals either",
            "",
            "Exit codes: 0 stopped as asked, 1 could not start, 2 wrong command line,",
            "128 + n ended by signal n."
        })
final class ServeCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "TARGET",
            description = {
                "MODULE[:ATTRIBUTE], e.g. hello:app; without ATTRIBUTE 'application', then 'app'",
                "MODULE:FACTORY(), e.g. 'hello:create_app()'",
                "FILE.py[:ATTRIBUTE]",
                "java:CLASS, an implementation of dev.pausa.wsgi.Application"
            })
    private @Nullable String target;

    @ArgGroup(validate = false, order = 1, heading = "%nListening:%n")
    private final ListenOptions listen = new ListenOptions();

    @ArgGroup(validate = false, order = 2, heading = "%nApplication:%n")
    private final ApplicationOptions application = new ApplicationOptions();

    @ArgGroup(validate = false, order = 3, heading = "%nPausing:%n")
    private final PauseOptions pauses = new PauseOptions();

    @ArgGroup(validate = false, order = 4, heading = "%nTime-outs:%n")
    private final TimeoutOptions timeouts = new TimeoutOptions();

    @ArgGroup(validate = false, order = 5, heading = "%nLimits:%n")
    private final LimitOptions limits = new LimitOptions();

    @ArgGroup(validate = false, order = 6, heading = "%nBehind a proxy:%n")
    private final ProxyOptions proxies = new ProxyOptions();

    @ArgGroup(validate = false, order = 7, heading = "%nLogs and files:%n")
    private final LogOptions logs = new LogOptions();

    @ArgGroup(validate = false, order = 8, heading = "%nInformation:%n")
    @SuppressWarnings("UnusedVariable") // picocli answers these options itself
    private final InformationOptions information = new InformationOptions();

    private final Map<String, String> environment;
    private final Supplier<Host> host;

    /**
     * The command with these environment variables.
     *
     * @param host makes the process's host, when there is something to serve
     */
    ServeCommand(Map<String, String> environment, Supplier<Host> host) {
        this.environment = environment;
        this.host = host;
    }

    /** What the command tells about itself. */
    static final class InformationOptions {
        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Print this.")
        boolean help;

        @Option(names = "--version", versionHelp = true, description = "Print the versions of Pausa and Java.")
        boolean version;
    }

    /** The answer to {@code --version}. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"pausa " + Banner.version() + " (Java " + Runtime.version() + ")"};
        }
    }

    @Override
    public Integer call() throws StartFailure, JavaApplications.ApplicationFailure {
        ServeOptions options = options();
        Logging.configure(logs.level.level());
        Host.Order order = order(options);
        Host process = host.get();
        for (Listener listener : options.listeners()) {
            if (listener instanceof Listener.Descriptor(int number)) {
                process.inherit(number);
            }
        }
        return process.serve(order, new Service(options, process.description()));
    }

    private Host.Order order(ServeOptions options) throws StartFailure, JavaApplications.ApplicationFailure {
        Map<String, Object> environ = options.environ();
        return switch (options.target()) {
            case Target.Python(String text) ->
                new Host.Order(
                        text, protocol(), null, environ, application.chdir, application.pythonpath, application.env);
            case Target.Java(String className) -> {
                Application loaded = JavaApplications.load(className, application.classPath);
                yield new Host.Order(null, protocol(), loaded, environ, null, List.of(), List.of());
            }
        };
    }

    /** What the command line says, as values that can work together; throws what is answered with usage help. */
    ServeOptions options() {
        String text = required(target);
        if (application.python != null) {
            throw wrong("--python is for ./pausa of a clone; here the Python is chosen by installing Pausa in it");
        }
        if (workers() > 1) {
            throw wrong("--workers " + workers() + ": only one worker is possible for now; raise --threads");
        }
        Target parsed = Target.parse(text);
        if (parsed instanceof Target.Python && application.classPath != null) {
            throw wrong("--class-path is for applications in Java (java:CLASS)");
        }
        if (parsed instanceof Target.Java
                && (application.chdir != null
                        || application.protocol != null
                        || !application.pythonpath.isEmpty()
                        || !application.env.isEmpty())) {
            throw wrong("--interface, --chdir, --pythonpath and --env are for applications in Python");
        }
        List<Listener> listeners = read(listen::listeners);
        if (logs.debug) {
            listeners.forEach(this::requireLoopback);
        }
        PausePolicy policy = pauses.policy();
        return new ServeOptions(
                listeners,
                parsed,
                application.threads,
                limits.limits(application.threads, pauses.max),
                timeouts.timeouts(),
                listen.underscored,
                read(proxies::proxies),
                !application.noSendfile,
                policy,
                logs,
                application.environ());
    }

    /** What {@code --debug} shows is for nobody else; who passed a descriptor knows what it is. */
    private void requireLoopback(Listener listener) {
        if (listener instanceof Listener.Tcp tcp) {
            InetAddress address = tcp.address().getAddress();
            if (address == null || !address.isLoopbackAddress()) {
                throw wrong("--debug would show tracebacks and source code to everyone who reaches " + tcp
                        + "; use it with a loopback address, such as --bind 127.0.0.1:8000");
            }
        }
    }

    private Host.Interface protocol() {
        return application.protocol == null ? Host.Interface.AUTO : application.protocol;
    }

    private <T> T read(Function<Map<String, String>, T> options) {
        try {
            return options.apply(environment);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private int workers() {
        if (application.workers != null) {
            return application.workers;
        }
        String concurrency = environment.get("WEB_CONCURRENCY");
        if (concurrency == null || concurrency.isEmpty()) {
            return 1;
        }
        if (!concurrency.matches("[1-9][0-9]{0,5}")) {
            throw wrong("the environment variable WEB_CONCURRENCY is no number of workers: '" + concurrency + "'");
        }
        return Integer.parseInt(concurrency);
    }

    private String required(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            throw wrong("no application given; for the callable 'app' in hello.py: pausa hello:app");
        }
        return text;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
