package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.server.LoadedModel;
import dev.stoker.server.ServerIdentity;

import java.time.Duration;
import java.util.List;

/**
 * What a benchmark will do, before it does anything.
 *
 * @param server where
 * @param models in the order of the run, small to large
 * @param loaded what is in memory now; with {@code unloadFirst} it is taken out
 * @param unloadFirst whether loaded models are unloaded before the first one
 * @param available memory that is free now on the server's host
 * @param restartMeans by which means the server would be restarted, or why it can't be
 * @param canRestart whether there is a means
 * @param baseline resident memory of the server's process tree now
 */
public record BenchPlan(
        ServerIdentity server,
        List<PlannedModel> models,
        List<LoadedModel> loaded,
        boolean unloadFirst,
        Reading<Bytes> available,
        String restartMeans,
        boolean canRestart,
        Reading<Bytes> baseline) {
    public BenchPlan {
        models = List.copyOf(models);
        loaded = List.copyOf(loaded);
    }

    /** Returns the models that will be run. */
    public List<PlannedModel> toRun() {
        return models.stream().filter(PlannedModel::isRun).toList();
    }

    /** Returns the sum of the models' expected times. */
    public Duration expectedTime() {
        return toRun().stream()
                .map(PlannedModel::expectedTime)
                .reduce(Duration.ZERO, Duration::plus);
    }

    /**
     * Returns whether the run restarts something, or unloads what others loaded: then it needs a
     * yes.
     */
    public boolean needsConsent() {
        return (unloadFirst && !loaded.isEmpty())
                || (canRestart && toRun().stream().anyMatch(m -> !m.restart().isEmpty()));
    }
}
