package dev.pausa.cpython;

/** Thrown inside an upcall: Python's error indicator is set and says everything. */
final class Raised extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Raised() {
        super(null, null, false, false);
    }

    /** The result of a C function that returns 0 with an exception set. */
    static long check(long result) {
        if (result == 0) {
            throw new Raised();
        }
        return result;
    }

    /** The result of a C function that returns -1 with an exception set. */
    static void checkStatus(long result) {
        if ((int) result != 0) {
            throw new Raised();
        }
    }
}
