package dev.stoker.sim.protocol;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Writes a page in the Prometheus text format. Used by one thread. */
final class Metrics {
    private final StringBuilder page = new StringBuilder(4096);

    void head(String name, String type, String help) {
        page.append("# HELP ").append(name).append(' ').append(help).append('\n');
        page.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    void value(String nameWithLabels, double value) {
        page.append(nameWithLabels).append(' ').append(shown(value)).append('\n');
    }

    /** Writes a metric of one value. */
    void one(String name, String labels, String type, String help, double value) {
        head(name, type, help);
        value(name + (labels.isEmpty() ? "" : "{" + labels + "}"), value);
    }

    /** Writes a histogram of what is measured on each item. */
    <T> void histogram(
            String name,
            String labels,
            String help,
            double[] bounds,
            List<T> items,
            ToDoubleFunction<T> measure) {
        head(name, "histogram", help);
        for (double bound : bounds) {
            long count = items.stream().filter(i -> measure.applyAsDouble(i) <= bound).count();
            value(name + "_bucket{" + labels + ",le=\"" + shown(bound) + "\"}", (double) count);
        }
        value(name + "_bucket{" + labels + ",le=\"+Inf\"}", items.size());
        value(name + "_sum{" + labels + "}", items.stream().mapToDouble(measure).sum());
        value(name + "_count{" + labels + "}", items.size());
    }

    private static String shown(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.6g", value);
    }

    @Override
    public String toString() {
        return page.toString();
    }
}
