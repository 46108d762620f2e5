package dev.stoker.load;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the steps of a load test are called where runs are compared: by the model and its load, so
 * that the same load of another run has the same name. Used by one thread.
 */
final class StepNames {
    private final String model;
    private final Map<Integer, String> names = new HashMap<>();
    private final Set<String> taken = new HashSet<>();

    StepNames(String model) {
        this.model = model;
    }

    /** Names a step; a load that comes again gets its number. */
    String add(LoadEvent.StepStarted step) {
        String base = model + " at " + step.label();
        String name = base;
        for (int n = 2; !taken.add(name); n++) {
            name = base + " (" + n + ")";
        }
        names.put(step.step(), name);
        return name;
    }

    /** Returns the name; the model's where the step's beginning was not kept. */
    String of(int step) {
        return names.getOrDefault(step, model);
    }
}
