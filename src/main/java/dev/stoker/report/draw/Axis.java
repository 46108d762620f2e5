package dev.stoker.report.draw;

import java.util.ArrayList;
import java.util.List;

/**
 * Maps values to places in a drawing. Pure.
 *
 * @param low the value at {@code from}
 * @param high the value at {@code to}; above {@code low}
 * @param from place of the lowest value
 * @param to place of the highest value; may be the smaller number, as drawings count downwards
 * @param logarithmic whether equal distances are equal ratios; {@code low} is then above zero
 */
public record Axis(double low, double high, double from, double to, boolean logarithmic) {
    public Axis {
        if (!(low < high) || (logarithmic && !(low > 0))) {
            throw new IllegalArgumentException("no axis: " + low + " to " + high);
        }
    }

    /** Returns an even axis; one that would have no length gets some room on both sides. */
    public static Axis even(double low, double high, double from, double to) {
        double least = Math.max(Math.abs(low), Math.abs(high)) * 1e-3;
        double room = high - low > least ? 0 : Math.max(least, 1e-3);
        double start = low >= 0 ? Math.max(0, low - room) : low - room;
        return new Axis(start, high + room, from, to, false);
    }

    /** Returns an axis of ratios; the lowest value is above zero. */
    public static Axis ofRatios(double low, double high, double from, double to) {
        return new Axis(low, Math.max(high, low * 1.1), from, to, true);
    }

    /** Returns the place of a value; what lies outside is put on the nearest end. */
    public double at(double value) {
        double v = Math.clamp(value, low, high);
        double share =
                logarithmic ? Math.log(v / low) / Math.log(high / low) : (v - low) / (high - low);
        return from + share * (to - from);
    }

    /** Returns round values on the axis, in order, about so many. */
    public List<Double> ticks(int about) {
        return logarithmic && high / low >= 5 ? ratioTicks(about) : evenTicks(about);
    }

    private List<Double> evenTicks(int about) {
        double rough = (high - low) / about;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double lead = rough / power;
        double step = power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
        List<Double> ticks = new ArrayList<>();
        long last = (long) Math.floor(high / step + 1e-9);
        for (long i = (long) Math.ceil(low / step - 1e-9); i <= last; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    private List<Double> ratioTicks(int about) {
        double decades = Math.log10(high / low);
        int every = (int) Math.max(1, Math.ceil(decades / about));
        double[] leads = decades * 3 <= about ? new double[] {1, 2, 5} : new double[] {1};
        List<Double> ticks = new ArrayList<>();
        int first = (int) Math.floor(Math.log10(low));
        for (int p = first; p <= Math.ceil(Math.log10(high)); p += leads.length > 1 ? 1 : every) {
            for (double lead : leads) {
                double v = lead * Math.pow(10, p);
                if (v >= low * (1 - 1e-9) && v <= high * (1 + 1e-9)) {
                    ticks.add(v);
                }
            }
        }
        return ticks;
    }
}
