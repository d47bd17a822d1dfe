package dev.pausa.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.exchange.Model.Pair;
import dev.pausa.exchange.Model.Violation;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/**
 * Trusting the model check: whatever one answer of the table is replaced by, it notices. For each pair that comes up, the next
 * state becomes each other reachable one, and each command is dropped, doubled or replaced by each other one.
 */
class MutationTest {
    private static final int TIMERS = 1;

    @Test
    void noMutantSurvives() {
        var model = new Model(Transitions::on);
        model.explore(List.of(World.first(TIMERS)));
        Set<State> states = new LinkedHashSet<>();
        model.pairs.keySet().forEach(pair -> states.add(pair.state()));
        Set<String> survivors = new TreeSet<>();
        int mutants = 0;
        for (Pair pair : model.reached()) {
            for (Step mutant : mutants(Transitions.on(pair.state(), pair.moment()), states)) {
                mutants++;
                if (survives(model, pair, mutant)) {
                    survivors.add(pair.moment() + " in " + pair.state() + " -> " + mutant);
                }
            }
        }
        assertTrue(mutants > 100_000, "only " + mutants + " mutants");
        assertEquals(Set.of(), survivors);
    }

    @Test
    void theTableItselfSurvives() {
        var model = new Model(Transitions::on);
        model.explore(List.of(World.first(0)));
        Pair pair = new Pair(State.Stepping.CLEAR, Moment.YIELDED);
        assertTrue(survives(model, pair, Transitions.on(pair.state(), pair.moment())));
    }

    private static List<Step> mutants(Step step, Set<State> states) {
        List<Step> mutants = new ArrayList<>();
        for (State other : states) {
            if (!other.equals(step.next())) {
                mutants.add(new Step(other, step.commands()));
            }
        }
        for (Command command : step.commands()) {
            List<Command> without = new ArrayList<>(step.commands());
            without.remove(command);
            mutants.add(new Step(step.next(), List.copyOf(without)));
            List<Command> twice = new ArrayList<>(step.commands());
            twice.add(twice.indexOf(command), command);
            mutants.add(new Step(step.next(), List.copyOf(twice)));
            for (Command other : Command.values()) {
                List<Command> changed = new ArrayList<>(step.commands());
                changed.replaceAll(each -> each == command ? other : each);
                if (other != command) {
                    mutants.add(new Step(step.next(), List.copyOf(changed)));
                }
            }
        }
        return mutants;
    }

    /** Whether the check finds nothing wrong with a table that answers {@code mutant} to {@code pair}. */
    private static boolean survives(Model sound, Pair pair, Step mutant) {
        BiFunction<State, Moment, Step> table = (state, moment) ->
                moment == pair.moment() && state.equals(pair.state()) ? mutant : Transitions.on(state, moment);
        Set<World> worlds = sound.pairs.getOrDefault(pair, Set.of());
        try {
            var near = new Model(table);
            for (World world : worlds) {
                near.next(world);
            }
            var far = new Model(table);
            far.explore(worlds);
            return far.stuck().isEmpty();
        } catch (Violation violation) {
            return false;
        }
    }
}
