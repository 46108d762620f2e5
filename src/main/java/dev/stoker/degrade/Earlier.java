package dev.stoker.degrade;

import dev.stoker.base.Reading;
import dev.stoker.history.Run;
import dev.stoker.history.RunStore;
import dev.stoker.history.RunSummary;
import dev.stoker.history.Sample;
import dev.stoker.history.Series;
import dev.stoker.history.Subject;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The fastest first load of this model on this server that the store has. What reloads have done
 * stays: a run that begins on a machine that is slow already finds no further drop, and only an
 * earlier run tells.
 *
 * @param run its id
 * @param tokensPerSecond its decode rate before the first reload
 */
public record Earlier(String run, double tokensPerSecond) {
    private static final int LOOKED_AT = 200;

    /** A machine that was slowed down has lost more than runs of different days differ by. */
    private static final double MUCH = 0.8;

    /** Looks for it among the latest runs. */
    public static Optional<Earlier> best(RunStore store, DegradeReport report) {
        DegradeHeader header = report.header();
        return store.list(LOOKED_AT).stream()
                .filter(s -> s.kind().equals("degrade") && !s.id().equals(header.id()))
                .filter(s -> s.simulated() != header.box().isEmpty())
                .filter(s -> s.subjects().contains(header.model()))
                .map(RunSummary::id)
                .flatMap(id -> store.get(id).stream())
                .filter(run -> run.setting().fact("url").equals(Reading.known(header.serverUrl())))
                .flatMap(run -> of(run, header.model()).stream())
                .max(Comparator.comparingDouble(Earlier::tokensPerSecond));
    }

    private static Optional<Earlier> of(Run run, String model) {
        double[] before =
                run.subject(model).map(Subject::series).stream()
                        .flatMap(List::stream)
                        .filter(s -> s.metric().name().equals(DegradeRuns.DECODE.name()))
                        .map(Series::samples)
                        .flatMap(List::stream)
                        .filter(s -> s.unit().startsWith(DegradeRuns.BEFORE))
                        .mapToDouble(Sample::value)
                        .toArray();
        return before.length == 0
                ? Optional.empty()
                : Optional.of(new Earlier(run.id(), Arrays.stream(before).average().orElse(0)));
    }

    /** Returns whether a run began much slower than this. */
    public boolean isMuchFasterThan(DegradeReport report) {
        return report.before() < MUCH * tokensPerSecond;
    }
}
