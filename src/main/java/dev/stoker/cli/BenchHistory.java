package dev.stoker.cli;

import dev.stoker.base.UserError;
import dev.stoker.bench.BenchEvent;
import dev.stoker.bench.BenchListener;
import dev.stoker.bench.BenchRuns;
import dev.stoker.bench.RunFolder;
import dev.stoker.bench.RunHeader;
import dev.stoker.bench.RunSetting;
import dev.stoker.history.Comparison;
import dev.stoker.history.Run;
import dev.stoker.history.RunStore;
import dev.stoker.history.Spool;
import dev.stoker.history.Stores;

import picocli.CommandLine.Mixin;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a benchmark has to do with earlier runs: it is put into the store when it ends, and compared
 * with a baseline after each model and at the end. The run's own files are on the disk before all
 * that, so a store that fails costs a remark and no figure. Filled by picocli; used by one thread
 * but for the listener, which is thread-safe.
 */
final class BenchHistory {
    @Mixin private final BaselineOptions options = new BaselineOptions();

    /** Returns the run to compare with, found before anything is measured. */
    Optional<Run> baseline(Stores stores) {
        return options.baseline(stores);
    }

    Comparison compare(Run baseline, Run run) {
        return options.compare(baseline, run);
    }

    /** Notes that a run is being made, so that the store gets it whatever happens. */
    Spool.Ticket enter(Stores stores, RunFolder folder) {
        return options.store.enter(stores, folder.path());
    }

    /**
     * Puts a run into the store.
     *
     * @return where it is
     * @throws UserError if the store can't be written
     */
    String keep(Stores stores, Run run, RunFolder.Contents contents) {
        try (RunStore opened = options.store.toChange(stores)) {
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
}
