package dev.stoker.server.exposition;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What stood on a page of metrics. Immutable.
 *
 * @param series the values, in the page's order
 * @param types by the metric's name: of a histogram or a summary, the name without {@code _bucket},
 *     {@code _sum} and {@code _count}
 * @param helps by the metric's name
 * @param ended whether OpenMetrics' own end mark was there
 * @param cut whether the page was larger than what is read
 * @param badLines lines that are none
 * @param duplicates values of a series that had one already
 */
public record Exposition(
        List<Series> series,
        Map<String, MetricType> types,
        Map<String, String> helps,
        boolean ended,
        boolean cut,
        long badLines,
        long duplicates) {
    public Exposition {
        series = List.copyOf(series);
        types = Map.copyOf(types);
        helps = Map.copyOf(helps);
    }

    /** Returns the values with exactly that name. */
    public Stream<Series> of(String name) {
        return series.stream().filter(s -> s.name().equals(name));
    }

    /** Returns the sum of the finite values with that name; empty where there is none. */
    public OptionalDouble sum(String name) {
        return sum(name, s -> true);
    }

    /** Returns the sum of those finite values with that name; empty where there is none. */
    public OptionalDouble sum(String name, Predicate<Series> which) {
        double sum = 0;
        boolean any = false;
        for (Series one : series) {
            if (one.name().equals(name) && Double.isFinite(one.value()) && which.test(one)) {
                sum += one.value();
                any = true;
            }
        }
        return any ? OptionalDouble.of(sum) : OptionalDouble.empty();
    }

    /** Returns the largest finite value with that name; empty where there is none. */
    public OptionalDouble largest(String name) {
        return of(name).mapToDouble(Series::value).filter(Double::isFinite).max();
    }
}
