package dev.pausa.fuzz;

/**
 * A script of what an application, its client, timers and other threads do to one {@link dev.pausa.exchange.Exchange}, in
 * any order and in the middle of each other.
 *
 * <p>The promises are those of the pausing specification, each named where it is looked at; and that no wake-up is lost:
 * while no gate is shut, a task is queued or one runs; and a request whose application ends and whose client reads is over.
 */
public final class MachineTarget {
    private MachineTarget() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        new Life(new Script(bytes)).live();
    }
}
