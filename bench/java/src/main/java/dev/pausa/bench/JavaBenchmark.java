package dev.pausa.bench;

import dev.pausa.http1.RequestHead;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Parser and exchange: nanoseconds a request, or a pause. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class JavaBenchmark {
    private final ParserWork parser = new ParserWork();
    private final ExchangeWork exchange = new ExchangeWork();

    /** One head. */
    @Benchmark
    public RequestHead parser() {
        return parser.read();
    }

    /** One request with one chunk. */
    @Benchmark
    public int exchange() {
        return exchange.plain();
    }

    /** One pause of a request that pauses often. */
    @Benchmark
    @OperationsPerInvocation(ExchangeWork.PAUSES)
    public int pause() {
        return exchange.pausing();
    }
}
