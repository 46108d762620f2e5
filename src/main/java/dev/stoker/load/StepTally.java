package dev.stoker.load;

import dev.stoker.base.Reading;
import dev.stoker.stats.LatencyDigest;
import dev.stoker.trace.RequestTrace;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Adds up the requests of one step. Used by one thread. */
final class StepTally {
    private final LoadEvent.StepStarted started;
    private final StepWindow window;
    private final List<Objective> objectives;
    private final Map<String, Long> failures = new TreeMap<>();
    private final LatencyDigest ttft = new LatencyDigest();
    private final LatencyDigest ttftSent = new LatencyDigest();
    private final LatencyDigest ttfa = new LatencyDigest();
    private final LatencyDigest ttfaSent = new LatencyDigest();
    private final LatencyDigest itl = new LatencyDigest();
    private final LatencyDigest tpot = new LatencyDigest();
    private final LatencyDigest e2e = new LatencyDigest();
    private final LatencyDigest e2eSent = new LatencyDigest();
    private final LatencyDigest dispatchDelay = new LatencyDigest();
    private final long[] kept;
    private long sent;
    private long ok;
    private long failed;
    private long unfinished;
    private long lead;
    private long judged;
    private long good;
    private long judgedGaps;
    private long chunks;
    private long promptTokens;
    private long fewestPromptTokens = Long.MAX_VALUE;
    private long mostPromptTokens = -1;
    private long outputTokens;
    private long withoutPromptCount;
    private long withoutOutputCount;
    private double tokensInWindow;
    private long endedInWindow;

    StepTally(LoadEvent.StepStarted started, StepWindow window, List<Objective> objectives) {
        this.started = started;
        this.window = window;
        this.objectives = objectives;
        this.kept = new long[objectives.size()];
    }

    void add(LoadEvent.RequestEnded event) {
        RequestTrace trace = event.trace();
        boolean measured = window.isMeasured(event);
        sent++;
        lead += measured ? 0 : 1;
        switch (trace.outcome()) {
            case RequestTrace.Outcome.Ok o -> {
                ok++;
                tokens(event);
                if (measured) {
                    latencies(trace);
                    judge(trace);
                }
            }
            case RequestTrace.Outcome.Failed(String kind, String _) -> {
                if (kind.equals("cancelled")) {
                    unfinished++;
                } else {
                    failed++;
                    failures.merge(kind, 1L, Long::sum);
                    judged += measured ? 1 : 0;
                }
            }
        }
    }

    private void tokens(LoadEvent.RequestEnded event) {
        RequestTrace trace = event.trace();
        long[] stamps = trace.chunkNanos();
        long inWindow = 0;
        for (long stamp : stamps) {
            inWindow += window.holds(event.at() + stamp) ? 1 : 0;
        }
        window.gaps(event, itl::add);
        long end = event.at() + trace.endNanos();
        endedInWindow += window.holds(end) ? 1 : 0;
        if (trace.outputTokens() instanceof Reading.Known<Long>(Long n)) {
            outputTokens += n;
            chunks += stamps.length;
            if (stamps.length > 0) {
                // Chunks are not tokens: each carries its share of the server's count.
                tokensInWindow += n * (inWindow / (double) stamps.length);
            } else if (window.holds(end)) {
                tokensInWindow += n;
            }
        } else {
            withoutOutputCount++;
        }
        if (trace.timings().promptTokens() instanceof Reading.Known<Long>(Long n)) {
            promptTokens += n;
            fewestPromptTokens = Math.min(fewestPromptTokens, n);
            mostPromptTokens = Math.max(mostPromptTokens, n);
        } else {
            withoutPromptCount++;
        }
    }

    private void latencies(RequestTrace trace) {
        long out = Math.max(0, trace.sentNanos());
        dispatchDelay.add(out);
        e2e.add(Math.max(0, trace.endNanos()));
        e2eSent.add(Math.max(0, trace.endNanos() - out));
        if (trace.chunkNanos().length > 0) {
            ttft.add(Math.max(0, trace.chunkNanos()[0]));
            ttftSent.add(Math.max(0, trace.chunkNanos()[0] - out));
        }
        if (trace.firstAnswerNanos() >= 0) {
            ttfa.add(trace.firstAnswerNanos());
            ttfaSent.add(Math.max(0, trace.firstAnswerNanos() - out));
        }
        if (trace.timePerOutputTokenMillis() instanceof Reading.Known<Double>(Double millis)) {
            tpot.add(Math.round(millis * 1e6));
        }
    }

    private void judge(RequestTrace trace) {
        judged++;
        boolean all = true;
        for (int i = 0; i < kept.length; i++) {
            Objective objective = objectives.get(i);
            boolean met = objective.isMetBy(trace);
            all &= met;
            if (objective.figure() != Objective.Figure.ITL) {
                kept[i] += met ? 1 : 0;
            }
        }
        if (all) {
            good++;
        }
        double[] gaps = kept.length == 0 ? new double[0] : trace.gapsMillis();
        judgedGaps += gaps.length;
        for (int i = 0; i < kept.length; i++) {
            if (objectives.get(i).figure() == Objective.Figure.ITL) {
                for (double gap : gaps) {
                    kept[i] += gap <= objectives.get(i).limitMillis() ? 1 : 0;
                }
            }
        }
    }

    private Map<String, Boolean> verdicts() {
        Map<String, Boolean> verdicts = new LinkedHashMap<>();
        for (int i = 0; i < kept.length; i++) {
            Objective o = objectives.get(i);
            boolean gaps = o.figure() == Objective.Figure.ITL;
            long of = gaps ? judgedGaps : judged;
            boolean enoughRequests =
                    judged > 0 && (!gaps || failed <= judged * (1 - o.percent() / 100));
            verdicts.put(o.text(), enoughRequests && kept[i] >= of * o.percent() / 100);
        }
        return verdicts;
    }

    StepSummary summary(int index, Optional<LoadEvent.StepEnded> ended) {
        double seconds = Math.max(0, window.to() - window.from()) / 1e9;
        Reading<Double> noWindow = Reading.unsupported("nothing was measured");
        return new StepSummary(
                index,
                started,
                sent,
                ok,
                failed,
                unfinished,
                lead,
                failures,
                counted(promptTokens, withoutPromptCount),
                mostPromptTokens < 0 ? OptionalLong.empty() : OptionalLong.of(fewestPromptTokens),
                mostPromptTokens < 0 ? OptionalLong.empty() : OptionalLong.of(mostPromptTokens),
                counted(outputTokens, withoutOutputCount),
                seconds,
                window.steady(),
                seconds <= 0
                        ? noWindow
                        : withoutOutputCount > 0
                                ? Reading.unsupported(uncounted(withoutOutputCount))
                                : Reading.known(tokensInWindow / seconds),
                seconds <= 0 ? noWindow : Reading.known(endedInWindow / seconds),
                chunks > 0 && withoutOutputCount == 0
                        ? OptionalDouble.of(outputTokens / (double) chunks)
                        : OptionalDouble.empty(),
                ttft.summary(),
                ttftSent.summary(),
                ttfa.summary(),
                ttfaSent.summary(),
                itl.summary(),
                tpot.summary(),
                e2e.summary(),
                e2eSent.summary(),
                dispatchDelay.summary(),
                objectives.isEmpty() || judged == 0
                        ? Optional.empty()
                        : Optional.of(good / (double) judged),
                verdicts(),
                ended.map(LoadEvent.StepEnded::client),
                ended.map(LoadEvent.StepEnded::why).orElse("killed"));
    }

    private static Reading<Long> counted(long tokens, long without) {
        return without > 0 ? Reading.unsupported(uncounted(without)) : Reading.known(tokens);
    }

    private static String uncounted(long without) {
        return "the server gave no count for " + without + " requests";
    }
}
