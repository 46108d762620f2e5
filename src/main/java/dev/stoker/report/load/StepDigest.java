package dev.stoker.report.load;

import dev.stoker.load.LoadEvent;
import dev.stoker.load.StepWindow;
import dev.stoker.stats.RatioHistogram;
import dev.stoker.trace.RequestTrace;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the drawings of one step need beside its summary. It takes the requests one at a time and
 * keeps a bounded amount, whatever their number. Used by one thread.
 */
final class StepDigest {
    private static final int MOST_KINDS = 50;
    private static final int MOST_SAMPLES = 1200;

    final StepWindow window;
    final RatioHistogram ttft = RatioHistogram.fine();
    final RatioHistogram itl = RatioHistogram.fine();
    final RatioHistogram e2e = RatioHistogram.fine();
    final Timeline timeline;
    final RequestDots dots;

    /** One sentence of each kind of failure: the first. */
    final Map<String, String> failures = new TreeMap<>();

    private final List<LoadEvent.ServerSampled> samples = new ArrayList<>();
    private int every = 1;
    private int seen;

    StepDigest(StepWindow window) {
        this.window = window;
        timeline = new Timeline(window.end());
        dots = new RequestDots(window.end());
    }

    void add(LoadEvent event) {
        switch (event) {
            case LoadEvent.RequestEnded r -> request(r);
            case LoadEvent.ServerSampled s -> sample(s);
            case LoadEvent.StepStarted _, LoadEvent.StepEnded _ -> {}
        }
    }

    private void request(LoadEvent.RequestEnded request) {
        timeline.add(request);
        dots.add(request);
        RequestTrace trace = request.trace();
        if (trace.outcome() instanceof RequestTrace.Outcome.Failed(String kind, String sentence)) {
            if (failures.size() < MOST_KINDS) {
                failures.putIfAbsent(kind, sentence);
            }
            return;
        }
        window.gaps(request, itl::add);
        if (window.isMeasured(request)) {
            e2e.add(Math.max(0, trace.endNanos()));
            if (trace.chunkNanos().length > 0) {
                ttft.add(Math.max(0, trace.chunkNanos()[0]));
            }
        }
    }

    /** Of very many samples every second one is kept, then every fourth, and so on. */
    private void sample(LoadEvent.ServerSampled sample) {
        if (seen++ % every != 0) {
            return;
        }
        if (samples.size() == MOST_SAMPLES) {
            for (int i = samples.size() - 1; i > 0; i -= 2) {
                samples.remove(i);
            }
            every *= 2;
        }
        samples.add(sample);
    }

    List<LoadEvent.ServerSampled> samples() {
        return List.copyOf(samples);
    }
}
