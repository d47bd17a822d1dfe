package dev.pausa.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the application is found and run. */
final class ApplicationOptions {
    @Option(
            names = {"-w", "--workers"},
            paramLabel = "N",
            converter = Converters.Positive.class,
            description = "Copies of the application; only 1 for now. Default: $WEB_CONCURRENCY or 1.")
    @Nullable
    Integer workers;

    @Option(
            names = "--threads",
            paramLabel = "N",
            converter = Converters.Positive.class,
            description = "Threads that run the application. Default: 8.")
    @Bound(
            client = "nothing: it waits for a thread (`--queue-timeout`)",
            rule = "P34",
            why = "requests in flight; enough for calls that wait on a database, and Python runs one at a time")
    int threads = 8;

    @Option(
            names = "--interface",
            paramLabel = "auto|wsgi|asgi",
            description = "What the application is written for. auto, the default: ASGI if it is a coroutine function"
                    + " of three parameters or has such a __call__, else WSGI.")
    Host.@Nullable Interface protocol;

    @Option(
            names = "--chdir",
            paramLabel = "FOLDER",
            description = "Change to this folder before the application is imported.")
    @Nullable
    String chdir;

    @Option(
            names = "--pythonpath",
            paramLabel = "FOLDER",
            split = ",",
            description = "Where modules are looked for after the working directory; repeatable, or comma-separated.")
    List<String> pythonpath = List.of();

    @Option(
            names = {"-e", "--env"},
            paramLabel = "KEY=VALUE",
            converter = Converters.Variable.class,
            description = "Set an environment variable for the application; repeatable.")
    List<String> env = List.of();

    @Option(
            names = "--no-sendfile",
            description = "Read files that the application returns in a thread, where the operating system would send"
                    + " them: for file systems that are slow or cannot do that.")
    boolean noSendfile;

    @Option(
            names = "--environ",
            paramLabel = "KEY=VALUE",
            converter = Converters.EnvironVariable.class,
            description = "Put a string into each request's environ; repeatable.")
    List<String> environ = List.of();

    @Option(
            names = "--class-path",
            paramLabel = "PATH",
            description = "Jars and folders of an application in Java (java:TARGET), separated by colons.")
    @Nullable
    String classPath;

    @Option(
            names = "--python",
            paramLabel = "PATH",
            description = "In a clone: the interpreter or virtual environment to run (./pausa --python PATH).")
    @Nullable
    String python;

    /** What stands in the environ of each request, besides what the server and the request say. */
    Map<String, Object> environ() {
        Map<String, Object> all = new HashMap<>();
        for (String variable : environ) {
            int equals = variable.indexOf('=');
            all.put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        all.put("SERVER_SOFTWARE", "pausa/" + Banner.version());
        all.put("wsgi.multithread", threads > 1);
        return all;
    }
}
