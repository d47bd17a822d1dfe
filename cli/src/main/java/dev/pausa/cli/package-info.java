/**
 * The command {@code pausa}.
 *
 * <p><b>What lives here.</b> The options, their mapping to the server's configuration, the loading of applications in
 * Java, the log's format, the pid file, and the wiring of server and interpreter.
 *
 * <p><b>Who calls in.</b> The launcher in Python (package {@code pausa}) through JNI: {@link dev.pausa.cli.Main#run}.
 *
 * <p><b>May depend on.</b> {@code dev.pausa.server}, {@code dev.pausa.cpython}, picocli, {@code java.logging}.
 *
 * <p><b>Threads.</b> A command runs on Python's main thread, which imports the application and waits in Python; serving
 * begins and ends on daemon threads.
 *
 * <p><b>Limits.</b> Nothing here calls {@code System.exit}: Python ends the process.
 */
package dev.pausa.cli;
