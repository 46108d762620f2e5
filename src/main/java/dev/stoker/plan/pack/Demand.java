package dev.stoker.plan.pack;

import dev.stoker.memory.LlamaSettings;
import dev.stoker.model.ModelDescription;

/**
 * A model that shall stay in memory.
 *
 * @param settings with the context and the slots that it shall have
 * @param priority a higher one goes before any number of lower ones
 */
public record Demand(ModelDescription model, LlamaSettings settings, int priority) {

    public Demand(ModelDescription model, LlamaSettings settings) {
        this(model, settings, 0);
    }

    public String name() {
        return model.name();
    }

    /** Returns it with another priority. */
    public Demand withPriority(int other) {
        return new Demand(model, settings, other);
    }
}
