package dev.stoker.report.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.bench.BenchEvent;
import dev.stoker.bench.BenchEvent.MemorySampled;
import dev.stoker.report.draw.Figure;
import dev.stoker.report.draw.LineChart;
import dev.stoker.report.draw.Range;
import dev.stoker.report.draw.Scale;
import dev.stoker.report.draw.SvgChart;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;

/** The server's memory over one model's turn, with its loading and unloading. Pure. */
final class MemoryTimeline {
    private static final String HEADING = "Memory over time";

    private final List<BenchEvent> events;
    private final String model;
    private final double speed;

    private MemoryTimeline(List<BenchEvent> events, String model) {
        this.events = events;
        this.model = model;
        this.speed = speed(events);
    }

    /** Returns nothing for a run of a version that kept no samples. */
    static String of(List<BenchEvent> events, String model) {
        return events.stream().anyMatch(MemorySampled.class::isInstance)
                ? new MemoryTimeline(events, model).draw()
                : "";
    }

    /** Samples are at wall time; on a simulated box that is a fraction of the run's own time. */
    private static double speed(List<BenchEvent> events) {
        long started = -1;
        for (BenchEvent e : events) {
            if (e instanceof BenchEvent.RunStarted r) {
                started = r.at();
            } else if (e instanceof BenchEvent.RunEnded r && started >= 0 && r.at() > started) {
                double speed = r.time().toMillis() / (double) (r.at() - started);
                return speed > 1.5 ? speed : 1;
            }
        }
        return 1;
    }

    private String draw() {
        long from = first(e -> e instanceof BenchEvent.MemoryMarked m && m.model().equals(model));
        long to = last();
        List<MemorySampled> samples =
                events.stream()
                        .filter(MemorySampled.class::isInstance)
                        .map(MemorySampled.class::cast)
                        .filter(s -> s.at() >= from && s.at() <= to)
                        .toList();
        if (from < 0 || samples.size() < 2) {
            return SvgChart.absent(HEADING, "the model's turn was too short for samples");
        }
        double end = seconds(from, to);
        double[] held = gib(samples.stream().map(MemorySampled::serverResident).toList());
        double[] free = gib(samples.stream().map(MemorySampled::hostAvailable).toList());
        boolean server = finite(held).count() > 1;
        double[] ys = server ? held : free;
        if (finite(ys).count() < 2) {
            return SvgChart.absent(HEADING, samples.getFirst().serverResident().reason());
        }
        double most = finite(ys).max().orElse(1);
        double unit = most < 1 ? 1.0 / 1024 : 1;
        Scale scale = Scale.ofSeconds(end);
        LineChart chart =
                new LineChart(
                        HEADING,
                        scale.unit() + " since the beginning of the turn",
                        new Range(0, scale.of(end), false),
                        unit < 1 ? "MiB" : "GiB",
                        Range.upTo(most / unit * 1.02));
        phases(chart, from, scale);
        double[] xs = samples.stream().mapToDouble(s -> scale.of(seconds(from, s.at()))).toArray();
        chart.line("", 0, xs, Arrays.stream(ys).map(y -> y / unit).toArray());
        String what =
                server
                        ? "Held by the server's processes."
                        : "Available on the host; the server's processes are not seen from here.";
        String least =
                server && finite(free).count() > 0
                        ? " Available on the host: at least "
                                + Figure.text(finite(free).min().getAsDouble())
                                + " GiB."
                        : "";
        return chart.figure(what + least);
    }

    private void phases(LineChart chart, long from, Scale scale) {
        boolean shaded = false;
        for (BenchEvent e : events) {
            Optional<Duration> length =
                    switch (e) {
                        case BenchEvent.Loaded l when l.model().equals(model) ->
                                Optional.of(l.clientTime());
                        case BenchEvent.Unloaded u when u.model().equals(model) ->
                                Optional.of(u.time());
                        default -> Optional.empty();
                    };
            if (length.isPresent() && e.at() >= from) {
                double until = seconds(from, e.at());
                double begin = Math.max(0, until - length.get().toNanos() / 1e9);
                chart.shade(scale.of(begin), scale.of(until));
                chart.vertical(
                        scale.of(until), e instanceof BenchEvent.Loaded ? "loaded" : "unloaded");
                shaded = true;
            }
        }
        if (shaded) {
            chart.legend("loading, unloading", "cut", "M0 0h20v8h-20z");
        }
    }

    private double seconds(long from, long to) {
        return (to - from) / 1000.0 * speed;
    }

    private long first(Predicate<BenchEvent> which) {
        return events.stream().filter(which).mapToLong(BenchEvent::at).findFirst().orElse(-1);
    }

    private long last() {
        long last = -1;
        for (BenchEvent e : events) {
            boolean own =
                    switch (e) {
                        case BenchEvent.MemoryMarked m -> m.model().equals(model);
                        case BenchEvent.RequestEnded r -> r.model().equals(model);
                        case BenchEvent.Unloaded u -> u.model().equals(model);
                        default -> false;
                    };
            last = own ? e.at() : last;
        }
        return last;
    }

    private static double[] gib(List<Reading<Bytes>> readings) {
        return readings.stream()
                .mapToDouble(
                        r -> r instanceof Reading.Known<Bytes>(Bytes b) ? b.toGib() : Double.NaN)
                .toArray();
    }

    private static DoubleStream finite(double[] values) {
        return Arrays.stream(values).filter(v -> !Double.isNaN(v));
    }
}
