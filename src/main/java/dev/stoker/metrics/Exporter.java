package dev.stoker.metrics;

import dev.stoker.http.Endpoint;
import dev.stoker.rules.Alert;
import dev.stoker.server.state.MonotoneTotals;
import dev.stoker.server.state.ServerState;
import dev.stoker.warm.Keeper;
import dev.stoker.watch.Moment;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The pages that Prometheus reads, made of the last moment: a scrape asks no source, and of scrapes
 * between two samples only the first makes a page. Counters of servers are carried on over their
 * restarts. One thread takes moments; any thread may ask for pages.
 */
public final class Exporter {
    private static final int USUAL_PAGE = 128 << 10;

    private final Setting setting;
    private final ExpositionFormats formats = ExpositionFormats.init();
    private final Map<Endpoint, MonotoneTotals> totals = new LinkedHashMap<>();
    private volatile @Nullable Taken last;
    private volatile Map<String, Keeper.Round> warm = Map.of();
    private long samples;

    /**
     * @param version this program's
     * @param hostname for labels of other exporters
     * @param dcgm whether to show the names of dcgm-exporter too
     * @param interval between samples, at most
     */
    public record Setting(String version, String hostname, boolean dcgm, Duration interval) {}

    /**
     * A page.
     *
     * @param contentType the format that was chosen
     * @param body the page, not copied
     */
    public record Page(String contentType, byte[] body) {}

    private record Taken(
            Moment moment,
            List<Alert> alerts,
            Map<String, Keeper.Round> warm,
            Duration took,
            long count,
            Map<Endpoint, ServerMetrics.Counted> counted,
            Map<String, Page> pages) {}

    public Exporter(Setting setting) {
        this.setting = setting;
    }

    /** Takes what the last rounds for models that are kept ready came to, by server. */
    public void takeWarm(Map<String, Keeper.Round> rounds) {
        warm = Map.copyOf(rounds);
    }

    /**
     * Takes the next moment.
     *
     * @param took how long the look at the machine took
     */
    public void take(Moment moment, List<Alert> alerts, Duration took) {
        for (ServerState server : moment.machine().servers()) {
            totals.computeIfAbsent(server.endpoint(), _ -> new MonotoneTotals()).add(server);
        }
        Map<Endpoint, ServerMetrics.Counted> counted = new LinkedHashMap<>();
        totals.forEach((endpoint, sums) ->
                counted.put(endpoint, new ServerMetrics.Counted(sums.ofServer(), sums.ofModels())));
        samples++;
        last =
                new Taken(
                        moment,
                        List.copyOf(alerts),
                        warm,
                        took,
                        samples,
                        counted,
                        new ConcurrentHashMap<>());
    }

    /**
     * Returns the page in the format that a client wants.
     *
     * @param accept the client's Accept header; may be empty
     * @param stuck whether there was no sample for too long: then nothing is shown but that
     */
    public Page page(String accept, boolean stuck) {
        ExpositionFormatWriter writer =
                accept.contains("application/openmetrics-text")
                        ? formats.getOpenMetricsTextFormatWriter()
                        : formats.getPrometheusTextFormatWriter();
        Taken taken = last;
        if (taken == null || stuck) {
            return render(writer, own(new Families(), taken, true).snapshots());
        }
        return taken.pages()
                .computeIfAbsent(
                        writer.getContentType(), _ -> render(writer, families(taken).snapshots()));
    }

    private Families families(Taken taken) {
        Families to = own(new Families(), taken, false);
        GpuMetrics.put(to, taken.moment().machine());
        HostMetrics.put(to, taken.moment().machine().host());
        ServerMetrics.put(to, taken.moment(), taken.counted());
        AlertMetrics.put(to, taken.alerts());
        WarmMetrics.put(to, taken.warm());
        if (setting.dcgm()) {
            DcgmMetrics.put(to, taken.moment().machine(), setting.hostname());
        }
        return to;
    }

    /** What is told of the exporter itself. */
    private Families own(Families to, @Nullable Taken taken, boolean stuck) {
        to.info(
                "stoker_build",
                "The program that serves this page.",
                Labels.of("version", setting.version()));
        to.flag(
                "stoker_sampling_up",
                "Whether the machine is being looked at (1), or there was no sample for too long"
                        + " (0): then nothing else is shown.",
                Labels.EMPTY,
                !stuck);
        to.gauge(
                "stoker_sample_interval_seconds",
                "Longest time between looks at the machine.",
                Labels.EMPTY,
                setting.interval().toNanos() / 1e9);
        if (taken != null) {
            to.gauge(
                    "stoker_sample_timestamp_seconds",
                    "When the machine was looked at.",
                    Labels.EMPTY,
                    taken.moment().machine().time().toEpochMilli() / 1e3);
            to.gauge(
                    "stoker_sample_duration_seconds",
                    "How long that look took.",
                    Labels.EMPTY,
                    taken.took().toNanos() / 1e9);
            to.counter(
                    "stoker_samples",
                    "Looks at the machine since this program began.",
                    Labels.EMPTY,
                    (double) taken.count());
        }
        return to;
    }

    private static Page render(ExpositionFormatWriter writer, MetricSnapshots snapshots) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(USUAL_PAGE);
        try {
            writer.write(out, snapshots);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Memory does not fail.
        }
        return new Page(writer.getContentType(), out.toByteArray());
    }
}
