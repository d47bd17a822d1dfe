package dev.pausa.server;

/**
 * What a worker's thread does around its work for the sake of the runtime that its application lives in: CPython's attach
 * and detach. Each method is called by the thread itself.
 */
public interface ThreadGuard {
    /** Does nothing: for applications in Java. */
    ThreadGuard NONE = new ThreadGuard() {
        @Override
        public void begin() {}

        @Override
        public void idle() {}

        @Override
        public void busy() {}

        @Override
        public void end() {}
    };

    /** The thread begins; it is busy from here on. */
    void begin();

    /** The thread is about to wait for a task. */
    void idle();

    /** The thread has a task again. */
    void busy();

    /** The thread ends; it is busy. */
    void end();
}
