package dev.pausa.server;

import java.time.Duration;

/**
 * How long the server waits. All are checked ten times a second, and none but the two graces runs while a request is
 * parked (P33). Each is positive.
 *
 * @param firstByte for the first byte of a connection: closed without a word
 * @param keepAlive for the first byte of each further request: closed without a word
 * @param head from the first byte of a request to the end of its fields: 408
 * @param body between two pieces of a request body while the server wants more of it: the client counts as gone
 * @param write without progress while bytes wait for a client that does not read: the client counts as gone
 * @param queue until a thread begins a request: 503
 * @param grace of a drain: for requests that run (P35)
 * @param parkedGrace of a drain: for requests that are parked and whose response began (P35), and for heads that are not complete
 */
public record Timeouts(
        Duration firstByte,
        Duration keepAlive,
        Duration head,
        Duration body,
        Duration write,
        Duration queue,
        Duration grace,
        Duration parkedGrace) {
    /** 10 s, 5 s, 30 s, 30 s, 60 s, 30 s; a drain takes 30 s at most, 3 s for the parked. */
    public static final Timeouts DEFAULT = new Timeouts(
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(3));

    /** Refuses what cannot work. */
    public Timeouts {
        for (Duration each : new Duration[] {firstByte, keepAlive, head, body, write, queue}) {
            if (!each.isPositive()) {
                throw new IllegalArgumentException("a time-out must be positive: " + each);
            }
        }
        if (grace.isNegative() || parkedGrace.isNegative()) {
            throw new IllegalArgumentException("a grace must not be negative: " + grace + ", " + parkedGrace);
        }
    }
}
