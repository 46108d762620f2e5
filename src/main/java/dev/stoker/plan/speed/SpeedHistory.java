package dev.stoker.plan.speed;

import dev.stoker.base.Reading;
import dev.stoker.history.Run;
import dev.stoker.history.RunStore;
import dev.stoker.history.RunSummary;
import dev.stoker.history.Series;
import dev.stoker.history.Subject;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The rates that were measured on a host, from its stored benchmarks: those of the real server of
 * this host alone, the newest of each model. Reads the store and changes nothing.
 */
public final class SpeedHistory {
    private static final String DECODE = "decode_tokens_per_second";
    private static final String PROMPT = "prompt_tokens_per_second";
    private static final String BENCH = "bench";

    private SpeedHistory() {}

    /**
     * A measured rate.
     *
     * @param model its name
     * @param decode tokens a second, the mean of the iterations
     * @param prompt the same of prompts, where it is known
     * @param quantization as the run noted it
     * @param gpu the host's GPUs then
     * @param run the run's id
     * @param startedEpochMillis wall time
     */
    public record Measured(
            String model,
            double decode,
            OptionalDouble prompt,
            Reading<String> quantization,
            Reading<String> gpu,
            String run,
            long startedEpochMillis) {}

    /**
     * Returns what was measured on a host, the newest first.
     *
     * @param host its name, as runs note it
     * @param gpu its GPUs now: rates with others are left out; unknown: none is left out
     * @param runs how many of the latest runs to look at
     */
    public static List<Measured> on(RunStore store, String host, Reading<String> gpu, int runs) {
        List<Measured> found = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (RunSummary summary : store.list(runs)) {
            if (summary.simulated() || !summary.kind().equals(BENCH)) {
                continue;
            }
            Optional<Run> run = store.get(summary.id());
            if (run.isEmpty() || !isOf(run.get(), host, gpu)) {
                continue;
            }
            for (Subject subject : run.get().subjects()) {
                OptionalDouble decode = mean(subject, DECODE);
                if (decode.isPresent() && seen.add(subject.name())) {
                    found.add(measured(run.get(), subject, decode.getAsDouble()));
                }
            }
        }
        return List.copyOf(found);
    }

    private static boolean isOf(Run run, String host, Reading<String> gpu) {
        boolean here = run.setting().fact("host").map(host::equals).orElse(false);
        Reading<String> then = run.setting().fact("gpu");
        return here && (!gpu.isKnown() || !then.isKnown() || gpu.value().equals(then.value()));
    }

    private static Measured measured(Run run, Subject subject, double decode) {
        return new Measured(
                subject.name(),
                decode,
                mean(subject, PROMPT),
                subject.setting().fact("quantisation"),
                run.setting().fact("gpu"),
                run.id(),
                run.startedEpochMillis());
    }

    private static OptionalDouble mean(Subject subject, String metric) {
        Optional<Series> series = subject.series(metric).filter(s -> !s.samples().isEmpty());
        if (series.isEmpty()) {
            return OptionalDouble.empty();
        }
        double mean = series.get().spread().mean();
        return mean > 0 ? OptionalDouble.of(mean) : OptionalDouble.empty();
    }
}
