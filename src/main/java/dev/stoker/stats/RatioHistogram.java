package dev.stoker.stats;

/**
 * Counts times in bins of nearly equal ratio, for drawings: any number of times takes the same
 * memory. A bin is the exponent and the first bits of the mantissa of the time as a floating-point
 * number, so that finding it costs a shift. Used by one thread.
 */
public final class RatioHistogram {
    /** About a microsecond; what is shorter counts as this. */
    private static final double SHORTEST = 1 << 10;

    /** About five hours; what is longer counts as this. */
    private static final double LONGEST = 1L << 44;

    private final int shift;
    private final int first;
    private final int[] counts;
    private long n;
    private long min = Long.MAX_VALUE;
    private long max;

    private RatioHistogram(int digits) {
        shift = 52 - digits;
        first = bits(SHORTEST);
        counts = new int[bits(LONGEST) - first + 1];
    }

    /** Returns one with bins of 0.02 to 0.05 %, which takes 280 kB. */
    public static RatioHistogram fine() {
        return new RatioHistogram(11);
    }

    /** Returns one with bins of 3 to 6 %, which takes 2 kB. */
    public static RatioHistogram coarse() {
        return new RatioHistogram(4);
    }

    private int bits(double value) {
        return (int) (Double.doubleToRawLongBits(value) >>> shift);
    }

    private double edge(int bin) {
        return Double.longBitsToDouble((long) (bin + first) << shift);
    }

    /**
     * @param nanos 0 or more
     */
    public void add(long nanos) {
        int bin = bits(Math.clamp((double) nanos, SHORTEST, LONGEST)) - first;
        counts[bin] += counts[bin] < Integer.MAX_VALUE ? 1 : 0;
        n++;
        min = Math.min(min, nanos);
        max = Math.max(max, nanos);
    }

    public long count() {
        return n;
    }

    /** Returns the shortest, nanoseconds; 0 for none. */
    public long min() {
        return n == 0 ? 0 : min;
    }

    /** Returns the longest, nanoseconds; 0 for none. */
    public long max() {
        return max;
    }

    /** Returns how wide the bin of a time is, nanoseconds: finer differences are not seen. */
    public double width(double nanos) {
        int bin = bits(Math.clamp(nanos, SHORTEST, LONGEST)) - first;
        return edge(bin + 1) - edge(bin);
    }

    /** Returns how many are shorter; within a bin they count as spread evenly. */
    public double below(double nanos) {
        if (n == 0 || nanos <= min) {
            return 0;
        }
        if (nanos > max) {
            return n;
        }
        int bin = bits(Math.clamp(nanos, SHORTEST, LONGEST)) - first;
        double low = Math.max(edge(bin), (double) min);
        double high = Math.min(edge(bin + 1), (double) max);
        double share = high > low ? Math.clamp((nanos - low) / (high - low), 0, 1) : 0;
        long before = 0;
        for (int i = 0; i < bin; i++) {
            before += counts[i];
        }
        return before + counts[bin] * share;
    }

    /** Returns the value that a share of all do not exceed, nanoseconds; 0 for none. */
    public double quantile(double share) {
        long rank = (long) Math.ceil(share * n);
        long sum = 0;
        for (int i = 0; i < counts.length && n > 0; i++) {
            sum += counts[i];
            if (sum >= rank && counts[i] > 0) {
                return Math.clamp((edge(i) + edge(i + 1)) / 2, (double) min, (double) max);
            }
        }
        return 0;
    }
}
