package dev.pausa.cli;

import java.io.PrintWriter;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code pausa}, called by the launcher. */
public final class Main {
    /** Everything went as it should. */
    static final int OK = 0;

    /** The server could not start, or failed. */
    static final int FAILED = 1;

    /** The command line was wrong. */
    static final int USAGE = 2;

    private Main() {}

    /**
     * Runs a command line to its end. Called by Python's main thread.
     *
     * @return the exit code of the process: 0; 1 if the server could not start; 2 for a wrong command line; 128 + n if
     *     signal n came before the server had started
     */
    public static int run(String[] args) {
        return commandLine(new ServeCommand(System.getenv(), PythonHost::new)).execute(args);
    }

    static CommandLine commandLine(ServeCommand command) {
        return new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setColorScheme(CommandLine.Help.defaultColorScheme(terminal("stdout") ? Ansi.ON : Ansi.OFF))
                .setUsageHelpWidth(100)
                .setUsageHelpLongOptionsMaxWidth(34)
                .setParameterExceptionHandler((problem, args) -> wrong(problem))
                .setExecutionExceptionHandler((failure, line, result) -> failed(line.getErr(), failure));
    }

    /** Whether a stream of the process is a terminal that takes colours; the launcher knows. */
    static boolean terminal(String stream) {
        return Set.of(System.getProperty("pausa.terminals", "").split(",", -1)).contains(stream)
                && System.getenv("NO_COLOR") == null;
    }

    private static int wrong(ParameterException problem) {
        PrintWriter err = problem.getCommandLine().getErr();
        err.println("pausa: " + problem.getMessage());
        UnmatchedArgumentException.printSuggestions(problem, err);
        err.println("Try 'pausa --help' for the options.");
        err.flush();
        return USAGE;
    }

    private static int failed(PrintWriter err, Exception failure) {
        if (failure instanceof StartFailure) {
            err.println("pausa: " + failure.getMessage());
        } else if (failure instanceof JavaApplications.ApplicationFailure application) {
            err.println("pausa: " + application.getMessage() + ":");
            application.cause().printStackTrace(err);
        } else {
            failure.printStackTrace(err);
        }
        err.flush();
        return FAILED;
    }
}
