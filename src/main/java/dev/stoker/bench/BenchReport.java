package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.bench.BenchEvent.Outcome;

import java.time.Duration;
import java.util.List;

/**
 * What a run says, made from its files alone.
 *
 * @param id the run
 * @param header what was asked and where
 * @param complete whether every model had its turn
 * @param time how long all parts of the run took together, in the run's clock
 * @param peakResident the most that the server's process tree held in the whole run
 * @param leastAvailable the least memory that was available on the host
 * @param models in the run's order; models without a turn yet are missing
 * @param pending models that had no turn yet
 * @param unreadableLines lines of the journal that could not be read
 */
public record BenchReport(
        String id,
        RunHeader header,
        boolean complete,
        Reading<Duration> time,
        Reading<Bytes> peakResident,
        Reading<Bytes> leastAvailable,
        List<ModelResult> models,
        List<String> pending,
        int unreadableLines) {
    public BenchReport {
        models = List.copyOf(models);
        pending = List.copyOf(pending);
    }

    /** Returns how many answers of all models did not pass their checks. */
    public int failedChecks() {
        return models.stream()
                .flatMap(m -> m.suite().stream())
                .mapToInt(s -> s.judged() - s.passed())
                .sum();
    }

    /** Returns how many models failed. */
    public int failures() {
        return (int) models.stream().filter(m -> m.outcome() == Outcome.FAILED).count();
    }
}
