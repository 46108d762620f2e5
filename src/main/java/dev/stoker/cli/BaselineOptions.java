package dev.stoker.cli;

import dev.stoker.base.UserError;
import dev.stoker.history.Comparer;
import dev.stoker.history.Comparison;
import dev.stoker.history.Run;
import dev.stoker.history.RunStore;
import dev.stoker.history.Stores;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.Optional;
import java.util.Set;

/** The store of a command that measures, and the run that it compares with. Filled by picocli. */
final class BaselineOptions {
    @Mixin final StoreOptions store = new StoreOptions();

    @Option(
            names = "--baseline",
            paramLabel = "RUN",
            description = {
                "Compare with this run: an id, a tag, latest, or an exported file. A regression"
                        + " ends with 1."
            })
    private String baseline = "";

    @Option(
            names = "--threshold",
            paramLabel = "PERCENT",
            description = "How much worse than the baseline is a regression. Default: 5%%.")
    private String threshold = "";

    /**
     * Returns the run to compare with, found before anything is measured.
     *
     * @throws UserError if there is no such run, or options that need it were given without it
     */
    Optional<Run> baseline(Stores stores) {
        if (baseline.isEmpty()) {
            if (!threshold.isEmpty()) {
                throw UserError.wrongUse(
                        "--threshold says how much worse than a baseline is a regression, and no"
                                + " --baseline was given.",
                        "Add --baseline RUN.");
            }
            return Optional.empty();
        }
        comparer();
        try (RunStore opened = store.toLook(stores)) {
            return Optional.of(RunSource.find(opened, baseline));
        }
    }

    private Comparer comparer() {
        return new Comparer(
                Threshold.parse(threshold.isEmpty() ? Threshold.DEFAULT : threshold), Set.of());
    }

    Comparison compare(Run baseline, Run run) {
        return comparer().compare(baseline, run);
    }
}
