package dev.pausa.cpython;

/** One CPython interpreter in this process. (The bridge follows.) */
public final class Interpreter {
    private Interpreter() {}
}
