package dev.stoker.load;

import dev.stoker.base.Reading;
import dev.stoker.history.Metric;
import dev.stoker.history.Metric.Better;
import dev.stoker.history.Sample;
import dev.stoker.history.Series;
import dev.stoker.trace.RequestTrace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Cuts a step's window into blocks and gives one value a block for every figure. Requests that are
 * on the server together wait for one another, so a thousand of them are not a thousand
 * measurements; what happened in one block is nearly independent of what happened in the next, if
 * blocks are long enough (the method of batch means: G. S. Fishman, "Grouping Observations in
 * Digital Simulation", Management Science 24, 1978).
 *
 * <p>There are at most {@value #MOST} blocks of equal length, and so few that each
 *
 * <ul>
 *   <li>lasts twice as long as a request on average, so that few requests belong to two of them;
 *   <li>has three requests on average;
 *   <li>is nearly uncorrelated with its neighbour. The correlation is estimated on shorter blocks,
 *       as that of a first-order autoregressive process, with Kendall's correction of the
 *       estimator's bias, for times to the first token, times per token and whole times; it may
 *       come to {@value #MOST_CORRELATED}.
 * </ul>
 *
 * <p>Where two such blocks do not fit there is one value, and a comparison can't tell. A request
 * belongs to the block in which it was to begin, a token to the one in which it came. Used by one
 * thread.
 */
final class StepBlocks {
    static final int MOST = 10;

    /** The finest cut; every number of blocks that is tried divides it. */
    private static final int CELLS = 60;

    private static final int[] CUTS = {60, 30, 20, 15, 12, 10, 6, 5, 4, 3, 2};
    private static final int FEWEST_TO_ESTIMATE = 10;
    private static final int FEWEST_REQUESTS = 3;
    private static final int LENGTH_IN_REQUESTS = 2;
    static final double MOST_CORRELATED = 0.1;

    static final Metric TTFT = new Metric("ttft_ms", "TTFT ms", Better.LOWER, true);
    static final Metric TPOT = new Metric("tpot_ms", "TPOT ms", Better.LOWER, true);
    static final Metric E2E = new Metric("e2e_ms", "E2E ms", Better.LOWER, true);
    static final Metric OK = new Metric("ok_percent", "ok %", Better.HIGHER, true);

    /** Nearly the same as {@link #TPOT}: shown, not judged twice. */
    static final Metric ITL = new Metric("itl_ms", "ITL ms", Better.LOWER, false);

    /** The client's own. */
    static final Metric DISPATCH =
            new Metric("dispatch_delay_ms", "dispatch delay ms", Better.LOWER, false);

    private final LoadEvent.StepStarted started;
    private final StepWindow window;
    private final BlockSums[] cells = new BlockSums[CELLS];

    StepBlocks(LoadEvent.StepStarted started, StepWindow window) {
        this.started = started;
        this.window = window;
        Arrays.setAll(cells, _ -> new BlockSums());
    }

    void add(LoadEvent.RequestEnded event) {
        RequestTrace trace = event.trace();
        if (window.isMeasured(event)) {
            cell(event.at()).begun(trace);
        }
        if (!trace.isOk()) {
            return;
        }
        long[] stamps = trace.chunkNanos();
        boolean counted = trace.outputTokens().isKnown();
        double tokens = counted ? trace.outputTokens().orElse(0L) : 0;
        if (stamps.length == 0 && window.holds(event.at() + trace.endNanos())) {
            cell(event.at() + trace.endNanos()).tokens += tokens;
        }
        for (int i = 0; i < stamps.length; i++) {
            long at = event.at() + stamps[i];
            if (!window.holds(at)) {
                continue;
            }
            BlockSums cell = cell(at);
            cell.tokens += tokens / stamps.length;
            cell.uncounted += counted ? 0 : 1;
            if (i > 0 && event.at() + stamps[i - 1] >= window.from()) {
                cell.itl.add(Math.max(0, stamps[i] - stamps[i - 1]) / 1e6);
            }
        }
    }

    private BlockSums cell(long at) {
        double share = (at - window.from()) / (double) Math.max(1, window.to() - window.from());
        return cells[(int) Math.clamp((long) (share * CELLS), 0, CELLS - 1)];
    }

    private double seconds() {
        return Math.max(0, window.to() - window.from()) / 1e9;
    }

    private List<BlockSums> cut(int blocks) {
        int each = CELLS / blocks;
        List<BlockSums> cut = new ArrayList<>();
        for (int b = 0; b < blocks; b++) {
            BlockSums sum = new BlockSums();
            for (int i = 0; i < each; i++) {
                sum.add(cells[b * each + i]);
            }
            cut.add(sum);
        }
        return cut;
    }

    /** Returns how many blocks there are. */
    int count() {
        BlockSums all = cut(1).getFirst();
        double perRequest = all.e2e.n == 0 ? 0 : all.e2e.value() / 1e3;
        int finest = finest(all.ok, perRequest);
        double linked = finest < FEWEST_TO_ESTIMATE ? 0 : linked(cut(finest));
        for (int blocks : CUTS) {
            if (blocks <= Math.min(MOST, finest)
                    && seconds() / blocks >= LENGTH_IN_REQUESTS * perRequest
                    && ofLonger(linked, finest / (double) blocks) <= MOST_CORRELATED) {
                return blocks;
            }
        }
        return 1;
    }

    /** Returns the finest cut of which every part has requests enough for a mean. */
    private int finest(long requests, double perRequest) {
        for (int blocks : CUTS) {
            if ((long) blocks * FEWEST_REQUESTS <= requests
                    && seconds() / blocks >= perRequest / 2
                    && cut(blocks).stream().allMatch(b -> b.ok > 0)) {
                return blocks;
            }
        }
        return 1;
    }

    private static double linked(List<BlockSums> fine) {
        return Math.max(
                neighbours(fine, b -> b.ttft),
                Math.max(neighbours(fine, b -> b.tpot), neighbours(fine, b -> b.e2e)));
    }

    /** Returns the correlation of neighbouring values, 0 to 1. */
    private static double neighbours(
            List<BlockSums> blocks, Function<BlockSums, BlockSums.Mean> figure) {
        double[] x =
                blocks.stream()
                        .map(figure)
                        .filter(m -> m.n > 0)
                        .mapToDouble(m -> m.value())
                        .toArray();
        double mean = Arrays.stream(x).average().orElse(0);
        double squares = 0;
        double products = 0;
        for (int i = 0; i < x.length; i++) {
            squares += (x[i] - mean) * (x[i] - mean);
            products += i == 0 ? 0 : (x[i] - mean) * (x[i - 1] - mean);
        }
        if (squares == 0) {
            return 0;
        }
        double r = products / squares;
        return Math.clamp(r + (1 + 3 * r) / x.length, 0, 0.999);
    }

    /**
     * Returns the correlation of neighbouring means of so many values each, of a first-order
     * autoregressive process.
     */
    static double ofLonger(double neighbours, double many) {
        double f = neighbours;
        double rest = 1 - Math.pow(f, many);
        return f == 0 ? 0 : f * rest * rest / (many * (1 - f * f) - 2 * f * rest);
    }

    /** Returns the figures, one value a block. */
    List<Series> series() {
        int blocks = count();
        List<BlockSums> cut = cut(blocks);
        boolean open = started.users() == 0;
        // What an open loop brings is what was sent; only a closed one's rate is the server's.
        Metric rate = new Metric("output_tokens_per_second", "output tok/s", Better.HIGHER, !open);
        return List.of(
                series(rate, cut, b -> rate(b, blocks)),
                series(TTFT, cut, b -> mean(b.ttft)),
                series(TPOT, cut, b -> mean(b.tpot)),
                series(E2E, cut, b -> mean(b.e2e)),
                series(OK, cut, StepBlocks::ok),
                series(ITL, cut, b -> mean(b.itl)),
                series(DISPATCH, cut, b -> mean(b.dispatch)));
    }

    private Reading<Double> rate(BlockSums b, int blocks) {
        if (b.uncounted > 0) {
            return Reading.unsupported("the server gave no count for some requests");
        }
        return seconds() <= 0
                ? Reading.unsupported("nothing was measured")
                : Reading.known(b.tokens / (seconds() / blocks));
    }

    private static Reading<Double> mean(BlockSums.Mean mean) {
        return mean.n == 0
                ? Reading.unsupported("no request ended well")
                : Reading.known(mean.value());
    }

    private static Reading<Double> ok(BlockSums b) {
        return b.ok + b.failed == 0
                ? Reading.unsupported("nothing was measured")
                : Reading.known(100.0 * b.ok / (b.ok + b.failed));
    }

    private Series series(
            Metric metric, List<BlockSums> cut, Function<BlockSums, Reading<Double>> figure) {
        List<Sample> samples = new ArrayList<>();
        String reason = "";
        double millis = seconds() * 1e3 / cut.size();
        for (int i = 0; i < cut.size(); i++) {
            long at =
                    started.startedEpochMillis()
                            + window.from() / 1_000_000
                            + Math.round(i * millis);
            switch (figure.apply(cut.get(i))) {
                case Reading.Known<Double>(Double value) ->
                        samples.add(new Sample("block " + (i + 1), at, value));
                case Reading<Double> unknown -> reason = unknown.reason();
            }
        }
        return samples.isEmpty() ? Series.absent(metric, reason) : Series.of(metric, samples);
    }
}
