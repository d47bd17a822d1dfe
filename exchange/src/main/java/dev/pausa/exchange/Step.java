package dev.pausa.exchange;

import java.util.List;

/**
 * What the table answers.
 *
 * @param next the state from now on
 * @param commands what the driver must do, in this order; at most one is a {@linkplain Command#task() task}, the last
 */
record Step(State next, List<Command> commands) {
    /** Whether the thread that came out may go on at once. */
    boolean goesOn() {
        return commands.size() == 1 && commands.getFirst() == Command.GO_ON;
    }
}
