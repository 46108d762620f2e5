package dev.stoker.rules;

import dev.stoker.alert.Severity;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/**
 * Steps with two marks. A step that was reached is left only when the value has fallen below its
 * mark by more than the slack, so that a value that trembles at a mark raises one alert and not
 * many. Used by one thread.
 */
final class Levels {
    private final double slack;
    private final Recall<Severity> held = new Recall<>();

    Levels(double slack) {
        this.slack = slack;
    }

    void turn() {
        held.turn();
    }

    /** Returns the step of a value; empty below both marks. */
    Optional<Severity> of(String name, double value, double warning, double critical) {
        @Nullable Severity was = held.of(name);
        boolean hot = value >= critical || (was == Severity.CRITICAL && value > critical - slack);
        boolean warm = hot || value >= warning || (was != null && value > warning - slack);
        if (!warm) {
            return Optional.empty();
        }
        Severity is = hot ? Severity.CRITICAL : Severity.WARNING;
        held.put(name, is);
        return Optional.of(is);
    }
}
