package dev.pausa.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Every world that an exchange can get into keeps the {@link Rules}, and finds its end. */
class ModelCheckTest {
    private static final Model MODEL = Model.sound();

    @Test
    void everyWorldKeepsTheRulesAndFindsItsEnd() {
        assertEquals(Set.of(), MODEL.stuck());
        assertTrue(MODEL.worlds.size() > 10_000, () -> "only " + MODEL.worlds.size() + " worlds");
    }

    /** The table has no rule for a kind of state and a moment that never meet. */
    @Test
    void whatCannotHappenThrows() {
        Set<String> met = new TreeSet<>();
        MODEL.pairs.keySet().forEach(pair -> met.add(name(pair.state(), pair.moment())));
        Set<String> legal = new TreeSet<>();
        for (Model.Pair pair : MODEL.pairs.keySet()) {
            for (Moment moment : Moment.values()) {
                if (legal(pair.state(), moment)) {
                    legal.add(name(pair.state(), moment));
                }
            }
        }
        legal.removeAll(met);
        assertEquals(Set.of("FLUSHED in Released"), legal, "late news of an aborted output");
    }

    private static String name(State state, Moment moment) {
        return moment + " in " + state.getClass().getSimpleName();
    }

    private static boolean legal(State state, Moment moment) {
        try {
            Transitions.on(state, moment);
            return true;
        } catch (IllegalStateException illegal) {
            return false;
        }
    }
}
