package dev.pausa.cli;

import dev.pausa.cpython.Callback;
import dev.pausa.cpython.Interpreter;
import dev.pausa.cpython.PythonApplication;
import dev.pausa.cpython.PythonException;
import dev.pausa.cpython.PythonObject;
import dev.pausa.cpython.PythonThreads;
import dev.pausa.server.ThreadGuard;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The Python process that started the JVM (D4). Its part in Python is {@code pausa._process}. */
final class PythonHost implements Host {
    private static final long STACK_BYTES = 16L << 20;

    private final Interpreter python = Interpreter.ofProcess();

    @Override
    public String description() {
        return "Python " + python.version() + " (" + python.call("pausa._process", "executable") + ")";
    }

    @Override
    public void inherit(int descriptor) throws StartFailure {
        try {
            python.call("os", "set_blocking", descriptor, false);
        } catch (PythonException e) {
            throw new StartFailure("--bind fd://" + descriptor + ": no such descriptor was inherited");
        }
    }

    @Override
    public int serve(Order order, Service service) {
        Callback start = arguments -> {
            Runnable bell = bell((Long) Objects.requireNonNull(arguments[1]));
            service.start(served(order, (PythonObject) arguments[0]), bell);
            return null;
        };
        Callback drain = arguments -> {
            service.drain((String) Objects.requireNonNull(arguments[0]));
            return null;
        };
        Callback outcome = arguments -> service.outcome();
        Callback inside = arguments -> python.threads().inside();
        Callback watchdog = arguments -> {
            watchdog((Long) Objects.requireNonNull(arguments[0]), (Long) Objects.requireNonNull(arguments[1]));
            return null;
        };
        Object code = python.call(
                "pausa._process",
                "serve",
                order.target(),
                order.protocol().name().toLowerCase(Locale.ROOT),
                order.chdir(),
                order.pythonpath(),
                order.env(),
                start,
                drain,
                outcome,
                inside,
                watchdog);
        return Math.toIntExact((Long) Objects.requireNonNull(code));
    }

    private Service.Served served(Order order, @Nullable PythonObject application) {
        if (order.application() != null) {
            return new Service.Served(order.application(), ThreadGuard.NONE, 0);
        }
        var wsgi = new PythonApplication(python, Objects.requireNonNull(application), order.environ());
        return new Service.Served(wsgi, guard(python.threads()), STACK_BYTES);
    }

    private static ThreadGuard guard(PythonThreads threads) {
        return new ThreadGuard() {
            @Override
            public void begin() {
                threads.begin();
            }

            @Override
            public void idle() {
                threads.idle();
            }

            @Override
            public void busy() {
                threads.busy();
            }

            @Override
            public void end() {
                threads.end();
            }
        };
    }

    /** Wakes the main thread, which waits in Python on a pipe: it looks at the outcome then. */
    private static Runnable bell(long descriptor) {
        return () -> {
            // A way to write to a pipe by its number that needs neither C nor Python's lock, which may be held.
            try (var pipe = new FileOutputStream("/dev/fd/" + descriptor)) {
                pipe.write('x');
            } catch (IOException e) {
                Logging.LOG.fine(() -> "the main thread was not woken, and looks within a second: " + e);
            }
        };
    }

    private static void watchdog(long millis, long code) {
        Thread.ofPlatform().name("pausa-watchdog").daemon().start(() -> {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException ended) {
                return;
            }
            Logging.LOG.severe("[server] the process did not end by itself: halted");
            Runtime.getRuntime().halt((int) code);
        });
    }
}
