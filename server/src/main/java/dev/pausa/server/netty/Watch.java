package dev.pausa.server.netty;

import io.netty.channel.Channel;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;

/**
 * What ends a connection without bytes: time-outs, a drain, and what the operating system tells while nothing is read.
 * Used by the connection's event loop, ten times a second.
 */
final class Watch {
    private static final long DISCARD_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Http1Handler connection;
    private final Service service;
    private final Channel channel;
    private final Progress progress;
    private final Pace pace;

    /** Whether no request of this connection has begun to come. */
    private boolean fresh = true;

    /** When the phase, or waiting for the client within it, began. */
    private long since;

    Watch(Http1Handler connection, Service service) {
        this.connection = connection;
        this.service = service;
        this.channel = connection.channel();
        this.progress = new Progress(channel);
        this.pace = new Pace(
                service.config.timeouts().body().toNanos(),
                service.config.limits().bodyRate());
    }

    /** A phase, or waiting for the client within it, begins. */
    void restart(long now) {
        since = now;
    }

    /** A request begins. */
    void restartRequest(long now) {
        since = now;
        fresh = false;
        progress.restart(now);
        pace.restart(now);
    }

    void look(long now) {
        switch (connection.phase()) {
            case WAITING -> lookWaiting(now);
            case RECEIVING, FULL, ANSWERING -> lookServing(now);
            case DISCARDING -> {
                if (now - since > DISCARD_NANOS) {
                    connection.linger();
                }
            }
            case LINGERING -> {
                if (now - since > LINGER_NANOS) {
                    connection.reset();
                }
            }
            case CLOSED -> {}
        }
    }

    private void lookWaiting(long now) {
        var timeouts = service.config.timeouts();
        Service.Drain drain = service.drain;
        if (!connection.inRequest()) {
            if (drain != null) {
                connection.linger();
            } else if (now - since > (fresh ? timeouts.firstByte() : timeouts.keepAlive()).toNanos()) {
                connection.reset();
            }
        } else if (now - since > timeouts.head().toNanos()) {
            connection.refuse(408, "the request head did not come in time", null);
        } else if (drain != null && now - drain.parkedDeadline() > 0) {
            connection.refuse(503, "the server stops", null);
        }
    }

    private void lookServing(long now) {
        Call call = connection.call();
        if (call == null) {
            return;
        }
        if (connection.unread() && lookAtSocket(call)) {
            return;
        }
        boolean parked = call.begun() && call.exchange.parked();
        Service.Drain drain = service.drain;
        if (drain != null) {
            drain(call, drain, parked, now);
        }
        if (!call.begun()) {
            lookPending(call, now);
            return;
        }
        if (!parked && call.overdue(now)) {
            call.expire();
        }
        if (bodyLate(call, parked, now)) {
            Fault.CLIENT.log(Level.INFO, call, "the body did not come in time: connection closed");
            connection.loseCall("the body did not come in time");
            connection.reset();
        }
        if (progress.stalled(now, parked) > service.config.timeouts().write().toNanos()) {
            Fault.CLIENT.log(Level.INFO, call, "the client did not read its response in time: connection closed");
            connection.reset();
        }
    }

    /** What a drain that began leaves of it (P35). */
    private void drain(Call call, Service.Drain drain, boolean parked, long now) {
        if (call.begun()) {
            call.drain(drain, parked, now);
        } else if (now - drain.parkedDeadline() > 0) {
            connection.refuse(503, "the server stops", call.head);
        }
    }

    /** A request that has not begun, because its body is coming or because there is no place for it among the uploads. */
    private void lookPending(Call call, long now) {
        if (connection.call() != call) {
            return;
        }
        boolean coming = connection.phase() == Phase.RECEIVING && call.output.continued();
        if (bodyLate(call, false, now)) {
            connection.refuse(408, "the body did not come in time", call.head);
        } else if (coming) {
            call.clientWasDue(now);
            call.beginUpload(now); // Its body was waited for long enough.
        } else if (call.overdue(now)) {
            connection.refuseBusy("no thread was free in time", call.head);
        }
    }

    /** Whether the client sends nothing of its body for too long, or too little of it. */
    private boolean bodyLate(Call call, boolean parked, long now) {
        if (parked || connection.phase() != Phase.RECEIVING || !call.output.continued()) {
            since = now;
            pace.skip(now);
            return false;
        }
        return pace.tooSlow(now, call.received())
                || now - since > service.config.timeouts().body().toNanos();
    }

    /** What a FIN or a reset behind unread bytes does to the connection's state is seen (P26). */
    private boolean lookAtSocket(Call call) {
        switch (Sockets.state(channel)) {
            case RESET -> {
                connection.reset();
                return true;
            }
            case FIN -> call.halfClosed(); // The rest of its body, if it has one, is here.
            case OPEN -> {}
        }
        return false;
    }
}
