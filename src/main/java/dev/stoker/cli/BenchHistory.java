package dev.stoker.cli;

import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.bench.BenchEvent;
import dev.stoker.bench.BenchListener;
import dev.stoker.bench.BenchRuns;
import dev.stoker.bench.RunFolder;
import dev.stoker.bench.RunHeader;
import dev.stoker.bench.RunSetting;
import dev.stoker.history.Comparer;
import dev.stoker.history.Comparison;
import dev.stoker.history.Run;
import dev.stoker.history.RunStore;
import dev.stoker.history.Stores;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a benchmark has to do with earlier runs: it is put into the store when it ends, and compared
 * with a baseline after each model and at the end. The run's own files are on the disk before all
 * that, so a store that fails costs a remark and no figure. Filled by picocli; used by one thread
 * but for the listener, which is thread-safe.
 */
final class BenchHistory {
    @Mixin private final StoreOptions store = new StoreOptions();

    @Option(
            names = "--baseline",
            paramLabel = "RUN",
            description = {
                "Compare each model with this run as soon as it is measured: an id, a tag, latest,"
                        + " or an exported file. A regression ends with 1."
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

    /**
     * Puts a run into the store.
     *
     * @return where it is
     * @throws UserError if the store can't be written
     */
    String keep(Stores stores, Run run, RunFolder.Contents contents) {
        try (RunStore opened = store.toChange(stores)) {
            opened.put(run, BenchRuns.journal(contents));
            return opened.place();
        }
    }

    /** Returns a listener that also compares each model when its turn is over. */
    BenchListener comparing(
            BenchListener to,
            Run baseline,
            RunHeader header,
            RunSetting setting,
            List<BenchEvent> earlier) {
        return new Comparing(
                to,
                earlier,
                (events, model, say) -> {
                    Run now = BenchRuns.run(new RunFolder.Contents(header, events, 0), setting);
                    Comparison all = compare(baseline, now);
                    all.subjects().stream()
                            .filter(s -> s.name().equals(model))
                            .flatMap(s -> s.metrics().stream())
                            .filter(m -> m.metric().judged())
                            .map(CompareView::sentence)
                            .forEach(say);
                });
    }

    private interface OneModel {
        void compare(List<BenchEvent> events, String model, Consumer<String> say);
    }

    /** Collects the events of the run, those of earlier parts included. */
    private static final class Comparing implements BenchListener {
        private final BenchListener to;
        private final OneModel comparison;
        private final List<BenchEvent> events = new ArrayList<>();

        Comparing(BenchListener to, List<BenchEvent> earlier, OneModel comparison) {
            this.to = to;
            this.comparison = comparison;
            events.addAll(earlier);
        }

        @Override
        public void step(int index, int total, String model, String step) {
            to.step(index, total, model, step);
        }

        @Override
        public void chunks(String model, int count) {
            to.chunks(model, count);
        }

        @Override
        public void event(BenchEvent event) {
            to.event(event);
            List<BenchEvent> so;
            synchronized (events) {
                events.add(event);
                so = List.copyOf(events);
            }
            if (event instanceof BenchEvent.ModelEnded e) {
                comparison.compare(so, e.model(), to::remark);
            }
        }

        @Override
        public void warning(String sentence) {
            to.warning(sentence);
        }

        @Override
        public void remark(String sentence) {
            to.remark(sentence);
        }
    }

    /** Returns what to say of a store that could not take the run. */
    static String notKept(UserError e, RunFolder folder) {
        return "All that was measured is in its folder, but not in the store: "
                + Text.plain(e.sentence(), 500)
                + " Put it in later with: stoker history import "
                + folder.path();
    }
}
