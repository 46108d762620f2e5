package dev.stoker.warm;

import java.util.ArrayList;
import java.util.List;

/**
 * How fast a model answers when all is well: the median of its first good answers, raised when
 * later ones are better for long. Immutable.
 *
 * @param rates tokens a second of the last answers, oldest first
 * @param tokensPerSecond what is expected; 0 while it is not known
 * @param gpuShare the largest share on GPUs that was seen; negative while it is not known
 */
record Baseline(List<Double> rates, double tokensPerSecond, double gpuShare) {
    private static final int KEPT = 7;
    private static final int ENOUGH = 3;

    static final Baseline NONE = new Baseline(List.of(), 0, -1);

    Baseline {
        rates = List.copyOf(rates);
    }

    boolean isKnown() {
        return tokensPerSecond > 0;
    }

    /** Returns it with one more good answer. */
    Baseline with(double rate, double share) {
        List<Double> more = new ArrayList<>(rates);
        if (rate > 0) {
            more.add(rate);
        }
        List<Double> last = more.subList(Math.max(0, more.size() - KEPT), more.size());
        double expected =
                last.size() >= ENOUGH ? Math.max(tokensPerSecond, median(last)) : tokensPerSecond;
        return new Baseline(last, expected, Math.max(gpuShare, share));
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((sorted.size() - 1) / 2);
    }
}
