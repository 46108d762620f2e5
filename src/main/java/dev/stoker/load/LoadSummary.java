package dev.stoker.load;

import java.util.List;

/**
 * What a load test came to, made from its files alone.
 *
 * @param header what was asked
 * @param steps one for each load, in the order in which they ran
 */
public record LoadSummary(LoadHeader header, List<StepSummary> steps) {
    public LoadSummary {
        steps = List.copyOf(steps);
    }

    public long failed() {
        return steps.stream().mapToLong(StepSummary::failed).sum();
    }

    public long sent() {
        return steps.stream().mapToLong(StepSummary::sent).sum();
    }

    public long ok() {
        return steps.stream().mapToLong(StepSummary::ok).sum();
    }

    /** Returns whether the client may have bent the figures of any step. */
    public boolean clientWasBottleneck() {
        return steps.stream()
                .anyMatch(s -> s.client().map(ClientFigures::bottleneck).orElse(false));
    }
}
