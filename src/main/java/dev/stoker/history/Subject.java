package dev.stoker.history;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * What a run measured: one model.
 *
 * @param name the model's name; subjects of two runs are matched by it
 * @param outcome what became of it
 * @param reason why it failed or was skipped; empty otherwise
 * @param setting what belongs to this model alone: digest, quantisation, context
 * @param requestsOk measured requests that ended well
 * @param requestsFailed requests that failed
 */
public record Subject(
        String name,
        Outcome outcome,
        String reason,
        Setting setting,
        long requestsOk,
        long requestsFailed,
        List<Series> series) {
    public Subject {
        Objects.requireNonNull(name, "name is null");
        series = List.copyOf(series);
    }

    /** What became of a subject. */
    public enum Outcome {
        PASSED,
        FAILED,
        SKIPPED,
        /** Its turn was not over when the run ended. */
        UNFINISHED;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Optional<Series> series(String metric) {
        return series.stream().filter(s -> s.metric().name().equals(metric)).findFirst();
    }
}
