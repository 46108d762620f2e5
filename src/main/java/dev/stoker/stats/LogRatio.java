package dev.stoker.stats;

import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Student intervals of the logarithm of a ratio of two means, by the delta method: ln(mean b / mean
 * a) has the variance cv² a / n a + cv² b / n b, and a ratio's logarithm is closer to normal than
 * the ratio is. Degrees of freedom after Welch (Biometrika 34, 1947), with relative variances. For
 * pairs: each pair's influence b/mean b − a/mean a, with n − 1 degrees. Pure.
 *
 * @param log the logarithm of the ratio
 * @param error its standard error
 * @param degrees degrees of freedom
 */
record LogRatio(double log, double error, double degrees) {

    static LogRatio unpaired(double[] a, double[] b) {
        double va = relativeVariance(a) / a.length;
        double vb = relativeVariance(b) / b.length;
        double sum = va + vb;
        double degrees =
                sum == 0
                        ? a.length + b.length - 2
                        : sum * sum / (va * va / (a.length - 1) + vb * vb / (b.length - 1));
        return new LogRatio(Math.log(mean(b) / mean(a)), Math.sqrt(sum), degrees);
    }

    static LogRatio paired(double[] a, double[] b) {
        double ma = mean(a);
        double mb = mean(b);
        double squares = 0;
        for (int i = 0; i < a.length; i++) {
            double influence = b[i] / mb - a[i] / ma;
            squares += influence * influence;
        }
        double error = Math.sqrt(squares / (a.length - 1) / a.length);
        return new LogRatio(Math.log(mb / ma), error, a.length - 1);
    }

    Change change(Change.Method method) {
        if (error == 0) {
            double ratio = Math.exp(log);
            return new Change(ratio, new Interval(ratio, ratio), log == 0 ? 1 : 0, method);
        }
        TDistribution t = TDistribution.of(degrees);
        double half = t.inverseSurvivalProbability(0.025) * error;
        double p = Math.min(1, 2 * t.survivalProbability(Math.abs(log) / error));
        Interval ci = new Interval(Math.exp(log - half), Math.exp(log + half));
        return new Change(Math.exp(log), ci, p, method);
    }

    static double mean(double[] values) {
        double sum = 0;
        for (double v : values) {
            sum += v;
        }
        return sum / values.length;
    }

    /** Returns (sd/mean)² with the sample variance (n−1). */
    static double relativeVariance(double[] values) {
        double mean = mean(values);
        double squares = 0;
        for (double v : values) {
            squares += (v - mean) * (v - mean);
        }
        return squares / (values.length - 1) / (mean * mean);
    }
}
