package dev.pausa.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every input that is kept, once: seeds of the fuzzer, and what it found. */
class CorpusTest {
    @TestFactory
    Stream<DynamicTest> parser() throws IOException {
        return inputs("corpus/parser", ParserTarget::fuzzerTestOneInput);
    }

    @TestFactory
    Stream<DynamicTest> requests() throws IOException {
        List<Path> files = Seeds.files(Path.of("../conformance/corpus"));
        assertFalse(files.isEmpty());
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(
                        file.toString(), file.toUri(), () -> ParserTarget.fuzzerTestOneInput(Seeds.bytes(file))));
    }

    @TestFactory
    Stream<DynamicTest> machine() throws IOException {
        return inputs("corpus/machine", MachineTarget::fuzzerTestOneInput);
    }

    private static Stream<DynamicTest> inputs(String folder, Consumer<byte[]> target) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(folder))) {
            List<Path> inputs = files.filter(Files::isRegularFile).sorted().toList();
            assertFalse(inputs.isEmpty(), "nothing in " + folder);
            return inputs.stream()
                    .map(file -> DynamicTest.dynamicTest(
                            file.toString(), file.toUri(), () -> target.accept(Files.readAllBytes(file))));
        }
    }
}
