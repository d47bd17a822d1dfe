package dev.pausa.bench;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The bridge to CPython: nanoseconds a request, a chunk, or a pause. A request is in the latter two with a hundredth. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xss16m", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class BridgeBenchmark {
    private @Nullable BridgeWork work;

    /** On the thread that measures. */
    @Setup
    public void begin() {
        work = new BridgeWork();
    }

    /** On the same. */
    @TearDown
    public void end() {
        work().close();
    }

    /** environ, start_response and one chunk. */
    @Benchmark
    public int hello() throws Exception {
        return work().hello();
    }

    /** One chunk of a generator. */
    @Benchmark
    @OperationsPerInvocation(BridgeWork.STEPS)
    public int chunk() throws Exception {
        return work().chunks();
    }

    /** One pause and its resume, both called from Python. */
    @Benchmark
    @OperationsPerInvocation(BridgeWork.STEPS)
    public int pause() throws Exception {
        return work().pauses();
    }

    private BridgeWork work() {
        return Objects.requireNonNull(work);
    }
}
