package dev.pausa.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/exchange-states.md} says what the table says. To write it anew: {@code mvn -pl exchange -am test
 * -Dtest=StatesDocumentTest -Dsurefire.failIfNoSpecifiedTests=false -Dpausa.write}.
 */
class StatesDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "exchange-states.md");

    @Test
    void theDocumentIsTheTable() throws IOException {
        String text = render();
        if (System.getProperty("pausa.write") != null) {
            Files.writeString(DOCUMENT, text);
        }
        assertEquals(text, Files.readString(DOCUMENT));
    }

    /** One arrow for each two states that follow one another, with the moments; found by the model check. */
    private static String render() {
        Model model = Model.sound();
        Map<String, Map<String, Set<Moment>>> arrows = new TreeMap<>();
        model.pairs.keySet().forEach(pair -> {
            String from = name(pair.state());
            String to = name(Transitions.on(pair.state(), pair.moment()).next());
            arrows.computeIfAbsent(from, _ -> new TreeMap<>())
                    .computeIfAbsent(to, _ -> new TreeSet<>())
                    .add(pair.moment());
        });
        var text = new StringBuilder("""
                # States of an exchange

                Generated from `Transitions` by `StatesDocumentTest`; a test fails if the two differ. The states are described in
                `State`, the moments in `Moment`.

                ```mermaid
                stateDiagram-v2
                    [*] --> Ready
                """);
        arrows.forEach((from, targets) -> targets.keySet().stream()
                .filter(to -> !to.equals(from))
                .forEach(to -> text.append("    %s --> %s%n".formatted(from, to))));
        text.append("    Released --> [*]\n```\n\n| from | to | when |\n|---|---|---|\n");
        arrows.forEach((from, targets) -> targets.forEach((to, moments) ->
                text.append("| %s | %s | %s |%n".formatted(from, to.equals(from) ? "(stays)" : to, words(moments)))));
        return text.toString();
    }

    private static String words(Set<Moment> moments) {
        return moments.stream().map(Moment::name).collect(Collectors.joining(", "));
    }

    private static String name(State state) {
        return state.getClass().getSimpleName();
    }
}
