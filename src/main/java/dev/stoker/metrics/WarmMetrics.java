package dev.stoker.metrics;

import dev.stoker.base.Text;
import dev.stoker.warm.Keeper;
import dev.stoker.warm.Verdict;

import io.prometheus.metrics.model.snapshots.Labels;

import java.util.Map;

/** The series of models that are kept ready. Stateless. */
final class WarmMetrics {
    private WarmMetrics() {}

    static void put(Families to, Map<String, Keeper.Round> rounds) {
        rounds.forEach((server, round) -> {
            for (Verdict verdict : round.verdicts().values()) {
                Labels labels =
                        Labels.of(
                                "model",
                                Text.plain(verdict.model(), Shown.LONGEST),
                                "server",
                                server);
                to.flag(
                        "stoker_warm_ready",
                        "Whether a model that is kept ready is ready, by its last measured answer.",
                        labels,
                        verdict.ready());
                if (verdict.ttftMillis() >= 0) {
                    to.gauge(
                            "stoker_warm_first_token_seconds",
                            "Time to the first token of the last tiny request to such a model.",
                            labels,
                            verdict.ttftMillis() / 1e3);
                }
            }
        });
    }
}
