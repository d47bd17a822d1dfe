/**
 * Targets of the coverage-guided fuzzer: bytes in, an {@link dev.pausa.fuzz.Violation} out if a promise is broken.
 *
 * <p><b>What lives here.</b> {@link dev.pausa.fuzz.ParserTarget}, which takes its bytes as those of a connection, and
 * {@link dev.pausa.fuzz.MachineTarget}, which takes them as a script of what happens to one exchange.
 *
 * <p><b>Who calls in.</b> Jazzer, started by {@code fuzz/run}; and a test, with every input that is kept in
 * {@code fuzz/corpus} and {@code conformance/corpus}.
 *
 * <p><b>May depend on.</b> What {@code http1} and {@code exchange} export.
 *
 * <p><b>Threads.</b> One. What other threads do to an exchange is done in the middle of what the one does.
 *
 * <p><b>Limits.</b> Deterministic: the same bytes do the same. Races inside a method are the stress test's of
 * {@code exchange}.
 */
@org.jspecify.annotations.NullMarked
package dev.pausa.fuzz;
