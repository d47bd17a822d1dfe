package dev.pausa.cli;

import dev.pausa.server.AccessLog;
import dev.pausa.server.Mount;
import dev.pausa.server.RequestListener;
import dev.pausa.server.Server;
import dev.pausa.server.ServerConfig;
import dev.pausa.server.ThreadGuard;
import dev.pausa.server.Worker;
import dev.pausa.wsgi.Application;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;

/**
 * One server from start to stop, on a daemon thread of its own: the main thread waits in Python. Thread-safe; nothing
 * here waits but that thread.
 */
final class Service {
    /** How long threads may take to leave the application once every request has ended. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final ServeOptions options;
    private final String host;
    private final CountDownLatch draining = new CountDownLatch(1);
    private volatile @Nullable Integer outcome;

    /**
     * An application and what its threads need.
     *
     * @param application called for each request
     * @param guard called around the threads' work
     * @param stackBytes stack of each thread; 0 for the JVM's default
     */
    record Served(Application application, ThreadGuard guard, long stackBytes) {}

    /** What must be undone at the end. */
    private interface Undo {
        void run() throws IOException, InterruptedException;
    }

    /**
     * A server that is not started yet.
     *
     * @param host what the banner says of the process
     */
    Service(ServeOptions options, String host) {
        this.options = options;
        this.host = host;
    }

    /**
     * Begins to serve.
     *
     * @param bell rung once {@link #outcome} is there
     */
    void start(Served served, Runnable bell) {
        Thread.ofPlatform().name("pausa-service").daemon().start(() -> {
            outcome = live(served);
            bell.run();
        });
    }

    /** Begins a graceful stop, also of a server that is still starting. */
    void drain(String signal) {
        Logging.LOG.info(() -> "Handling signal: " + signal);
        draining.countDown();
    }

    /** The exit code once all has ended, {@code null} before. */
    @Nullable
    Integer outcome() {
        return outcome;
    }

    private int live(Served served) {
        Deque<Undo> undos = new ArrayDeque<>();
        int code = Main.OK;
        try {
            Server server = open(served, undos);
            Banner.lines(options, server.addresses(), host).forEach(Logging.LOG::info);
            if (options.logs().debug) {
                Logging.LOG.warning("--debug: whoever can reach this address sees tracebacks and source code; "
                        + "never use it behind a proxy or in the open");
            }
            draining.await();
            server.drain();
        } catch (StartFailure failure) {
            Logging.LOG.severe(failure.getMessage());
            code = Main.FAILED;
        } catch (Exception failure) {
            Logging.LOG.log(Level.SEVERE, "[server] the server failed", failure);
            code = Main.FAILED;
        }
        while (!undos.isEmpty()) {
            try {
                undos.pop().run();
            } catch (Exception failure) {
                Logging.LOG.log(Level.WARNING, "[server] while stopping", failure);
            }
        }
        return code;
    }

    private Server open(Served served, Deque<Undo> undos) throws StartFailure {
        RequestListener requests = accessLog(undos);
        Worker worker = new Worker(options.threads(), served.stackBytes(), served.guard());
        undos.push(() -> {
            worker.stop();
            worker.awaitStopped(LAST_WORDS);
        });
        Mount mount = new Mount(served.application(), worker, options.pauses(), options.environ());
        Server server = listening(options.config(mount, requests));
        undos.push(() -> {
            server.stop();
            server.awaitStopped(LAST_WORDS);
        });
        if (options.logs().pid != null) {
            PidFile pid =
                    PidFile.write(options.logs().pid, ProcessHandle.current().pid());
            undos.push(pid::remove);
        }
        return server;
    }

    private static Server listening(ServerConfig config) throws StartFailure {
        try {
            return Server.start(config);
        } catch (IOException | IllegalArgumentException e) {
            // Netty's native transport says it with the name and number of the system call.
            String message =
                    String.valueOf(e.getMessage()).replaceFirst("\\w+\\(\\.\\.\\) failed with error\\(-?\\d+\\): ", "");
            throw new StartFailure(message + ". Choose another address with --bind.");
        }
    }

    private RequestListener accessLog(Deque<Undo> undos) throws StartFailure {
        String file = options.logs().accessLogfile;
        if (file == null) {
            return RequestListener.NONE;
        }
        try {
            OutputStream out;
            if (file.equals("-")) {
                out = new FileOutputStream(FileDescriptor.out); // never closed: it is Python's stdout, too
            } else {
                out = new FileOutputStream(file, true);
                undos.push(out::close);
            }
            AccessLog log = new AccessLog(options.logs().accessLogformat, out);
            undos.push(log::close);
            return log;
        } catch (IOException e) {
            throw new StartFailure("--access-logfile " + file + " cannot be written: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw new StartFailure("--access-logformat: " + e.getMessage());
        }
    }
}
