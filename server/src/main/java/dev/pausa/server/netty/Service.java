package dev.pausa.server.netty;

import dev.pausa.http1.DateCache;
import dev.pausa.server.ServerConfig;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What all connections of one server share. Thread-safe. */
final class Service {
    final ServerConfig config;

    /** {@code SCRIPT_NAME}, as its bytes stand in a path. */
    final byte[] rootPath;

    /** The part of the environ that is the same for all requests. */
    final Map<String, Object> constants;

    final DateCache dates = new DateCache();
    final OtherFields otherFields;
    final AtomicInteger connections = new AtomicInteger();
    final AtomicInteger active = new AtomicInteger();
    final AtomicInteger parked = new AtomicInteger();

    /** Requests that no thread has begun. */
    final AtomicInteger waiting = new AtomicInteger();

    final Uploads uploads;
    final Overload overload = new Overload();
    final AtomicBoolean leakWarned = new AtomicBoolean();
    final AtomicBoolean boundaryWarned = new AtomicBoolean();

    /** {@code null} until a drain begins. */
    volatile @Nullable Drain drain;

    Service(ServerConfig config) {
        this.config = config;
        this.otherFields = new OtherFields(config.underscoreFields());
        this.rootPath = config.proxies().rootPath().getBytes(StandardCharsets.UTF_8);
        this.uploads = new Uploads(config.limits().uploads());
        this.constants = EnvironFactory.constants(config.mount().environ());
    }

    /**
     * A drain that began (P35).
     *
     * @param parkedDeadline when parked requests whose response began are cut, as {@link System#nanoTime()}
     * @param deadline when all others are
     */
    record Drain(long parkedDeadline, long deadline) {}

    boolean draining() {
        return drain != null;
    }
}
