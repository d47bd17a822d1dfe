package dev.pausa.cli;

/** The command {@code pausa}. (The commands follow.) */
public final class Main {
    private Main() {}
}
