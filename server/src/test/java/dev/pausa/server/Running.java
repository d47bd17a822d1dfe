package dev.pausa.server;

import dev.pausa.exchange.ExchangeListener;
import dev.pausa.exchange.PausePolicy;
import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Header;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/** A server that a test started on a port of its own. */
final class Running implements AutoCloseable {
    final Server server;
    final Worker worker;

    private Running(Server server, Worker worker) {
        this.server = server;
        this.worker = worker;
    }

    /** What a test may set. */
    record Settings(
            int threads,
            Limits limits,
            Timeouts timeouts,
            List<UnderscoreField> underscoreFields,
            Proxies proxies,
            PausePolicy pauses,
            Listener listener,
            ServerConfig.Transport transport,
            RequestListener requests,
            ExchangeListener exchanges,
            Reporting reporting) {
        static final Settings DEFAULT = new Settings(
                2,
                Limits.DEFAULT,
                Timeouts.DEFAULT,
                List.of(),
                Proxies.DEFAULT,
                PausePolicy.DEFAULT,
                new Listener.Tcp("127.0.0.1", 0),
                ServerConfig.Transport.AUTO,
                RequestListener.NONE,
                ExchangeListener.NONE,
                Reporting.DEFAULT);

        Settings threads(int other) {
            return new Settings(
                    other,
                    limits,
                    timeouts,
                    underscoreFields,
                    proxies,
                    pauses,
                    listener,
                    transport,
                    requests,
                    exchanges,
                    reporting);
        }

        Settings limits(Limits other) {
            return new Settings(
                    threads,
                    other,
                    timeouts,
                    underscoreFields,
                    proxies,
                    pauses,
                    listener,
                    transport,
                    requests,
                    exchanges,
                    reporting);
        }

        Settings timeouts(Timeouts other) {
            return new Settings(
                    threads,
                    limits,
                    other,
                    underscoreFields,
                    proxies,
                    pauses,
                    listener,
                    transport,
                    requests,
                    exchanges,
                    reporting);
        }

        Settings underscoreFields(List<UnderscoreField> other) {
            return new Settings(
                    threads, limits, timeouts, other, proxies, pauses, listener, transport, requests, exchanges,
                    reporting);
        }

        Settings proxies(Proxies other) {
            return new Settings(
                    threads,
                    limits,
                    timeouts,
                    underscoreFields,
                    other,
                    pauses,
                    listener,
                    transport,
                    requests,
                    exchanges,
                    reporting);
        }

        Settings listener(Listener other) {
            return new Settings(
                    threads,
                    limits,
                    timeouts,
                    underscoreFields,
                    proxies,
                    pauses,
                    other,
                    transport,
                    requests,
                    exchanges,
                    reporting);
        }

        Settings transport(ServerConfig.Transport other) {
            return new Settings(
                    threads,
                    limits,
                    timeouts,
                    underscoreFields,
                    proxies,
                    pauses,
                    listener,
                    other,
                    requests,
                    exchanges,
                    reporting);
        }

        Settings requests(RequestListener other) {
            return new Settings(
                    threads,
                    limits,
                    timeouts,
                    underscoreFields,
                    proxies,
                    pauses,
                    listener,
                    transport,
                    other,
                    exchanges,
                    reporting);
        }

        Settings reporting(Reporting other) {
            return new Settings(
                    threads,
                    limits,
                    timeouts,
                    underscoreFields,
                    proxies,
                    pauses,
                    listener,
                    transport,
                    requests,
                    exchanges,
                    other);
        }
    }

    static Running start(Application application) throws IOException {
        return start(application, Settings.DEFAULT);
    }

    static Running start(Application application, Settings settings) throws IOException {
        Worker worker = new Worker(settings.threads(), 0, ThreadGuard.NONE);
        Server server = Server.start(new ServerConfig(
                List.of(settings.listener()),
                new Mount(application, worker, settings.pauses()),
                settings.limits(),
                settings.timeouts(),
                settings.underscoreFields(),
                settings.proxies(),
                true,
                1,
                settings.transport(),
                settings.requests(),
                settings.exchanges(),
                settings.reporting()));
        return new Running(server, worker);
    }

    Client connect() throws IOException {
        return new Client(address());
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.addresses().getFirst();
    }

    @Override
    public void close() {
        server.stop();
        worker.stop();
    }

    static Body text(String text) {
        return Body.of(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static InputStream input(Environ environ) {
        return Objects.requireNonNull(environ.get(Environ.INPUT)).stream();
    }

    /** Answers 200 with this text. */
    static Application hello(String text) {
        return (environ, start) -> {
            start.start("200 OK", List.of(new Header("Content-Type", "text/plain")));
            return text(text);
        };
    }

    /** Waits for a condition, 5 s at most. */
    static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("it did not come true within 5 s");
            }
            Thread.sleep(2);
        }
    }
}
