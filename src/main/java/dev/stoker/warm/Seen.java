package dev.stoker.warm;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What was seen of one server at one moment. Immutable.
 *
 * @param at when
 * @param health whether it answers
 * @param why why not, a sentence; empty where it does
 * @param life which process it is, so that a restart has another text; empty where it is not seen
 * @param models those that it lists
 * @param running requests that it works on, where that can be known
 * @param mostModels how many it keeps at once, where that can be known
 * @param loads whether it loads models on request
 * @param gpus whether the host has a GPU, where that can be known
 */
public record Seen(
        Instant at,
        Health health,
        String why,
        String life,
        List<SeenModel> models,
        OptionalLong running,
        OptionalInt mostModels,
        boolean loads,
        Optional<Boolean> gpus) {
    public Seen {
        models = List.copyOf(models);
    }

    /** Whether a server answers. */
    public enum Health {
        UP,
        /** Connected and silent, or it says that it is loading: not a failure yet. */
        STARTING,
        DOWN
    }

    /** Returns a server that is not there. */
    public static Seen without(Instant at, Health health, String why) {
        return new Seen(
                at,
                health,
                why,
                "",
                List.of(),
                OptionalLong.empty(),
                OptionalInt.empty(),
                false,
                Optional.empty());
    }

    Optional<SeenModel> find(String model) {
        return models.stream().filter(m -> m.isNamed(model)).findFirst();
    }

    boolean isBusy() {
        return running.orElse(0) > 0 || models.stream().anyMatch(SeenModel::isBusy);
    }
}
