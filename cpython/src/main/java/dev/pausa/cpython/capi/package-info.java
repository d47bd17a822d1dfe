/**
 * CPython's C API as Java sees it: one class for each C header, the C declaration above each handle.
 *
 * <p><b>What lives here.</b> Handles of C functions, addresses of C data, and {@link dev.pausa.cpython.capi.Native}, which
 * finds and links them. Only what is called, and only what exists in CPython 3.10 to 3.14; what does not is optional and
 * chosen by its presence.
 *
 * <p><b>Who calls in.</b> {@code dev.pausa.cpython} alone: the package is not exported.
 *
 * <p><b>May depend on.</b> {@code java.base}.
 *
 * <p><b>Threads.</b> A function is called by a thread that is attached to an interpreter, unless its C documentation says
 * otherwise. A {@code critical} handle never runs Python code and never waits: the thread stays in Java's eyes in Java.
 *
 * <p><b>Limits.</b> Pointers and integers travel as {@code long}: few shapes of signatures, because each costs
 * milliseconds at start. Results of C type {@code int} have 32 meaningful bits. Function addresses are those of the one
 * CPython of this process; they are constants, not state.
 */
package dev.pausa.cpython.capi;
