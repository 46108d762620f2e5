package dev.stoker.report.bench;

import dev.stoker.base.Text;
import dev.stoker.bench.BenchEvent.RequestEnded;
import dev.stoker.report.draw.Axis;
import dev.stoker.report.draw.SvgChart;
import dev.stoker.trace.RequestTrace;

import java.util.Arrays;
import java.util.List;

/** When the chunks of each request came, one row a request. Pure. */
final class ChunkTimeline {
    private static final String HEADING = "Chunks of each request";
    private static final int MOST_ROWS = 48;
    private static final int ROW = 13;
    private static final double FROM = 84;

    private ChunkTimeline() {}

    static String of(List<RequestEnded> requests) {
        if (requests.isEmpty()) {
            return SvgChart.absent(HEADING, "no request was sent");
        }
        List<RequestEnded> shown = requests.subList(0, Math.min(MOST_ROWS, requests.size()));
        double longest = shown.stream().mapToDouble(r -> r.trace().e2eMillis()).max().orElse(1);
        boolean seconds = longest >= 2000;
        double unit = seconds ? 1e9 : 1e6;
        Axis x =
                new Axis(0, Math.max(longest * 1e6 / unit, 1e-3), FROM, SvgChart.WIDTH - 12, false);
        int bottom = shown.size() * ROW + 8;
        SvgChart chart = new SvgChart(bottom + 36);
        for (int i = 0; i < shown.size(); i++) {
            row(chart, x, shown.get(i), i * ROW + 4.0, unit);
        }
        chart.levelAxis(x, bottom, "since the intended start, " + (seconds ? "seconds" : "ms"));
        return chart.figure(HEADING, caption(requests));
    }

    private static void row(SvgChart chart, Axis x, RequestEnded r, double y, double unit) {
        RequestTrace t = r.trace();
        chart.textBefore("tick", FROM - 6, y + 9, label(r));
        double first = t.chunkNanos().length == 0 ? t.endNanos() : t.chunkNanos()[0];
        chart.rect("wait", FROM, y + 4.5, x.at(first / unit) - FROM, 2);
        double[] places =
                Arrays.stream(t.chunkNanos())
                        .mapToDouble(n -> Math.round(x.at(n / unit) * 2) / 2.0)
                        .distinct()
                        .toArray();
        if (places.length > 0) {
            chart.strokes("chunk", places, y + 1, 9);
        }
        if (!t.isOk()) {
            chart.textAt("cross", x.at(t.endNanos() / unit), y + 10, "✗");
        }
    }

    private static String label(RequestEnded r) {
        String prompt = Text.plain(r.prompt(), 9);
        return r.iteration() == 0 ? "warm-up" : prompt + " " + r.iteration();
    }

    private static String caption(List<RequestEnded> requests) {
        int left = requests.size() - MOST_ROWS;
        return "A row is a request (prompt and iteration): the thin line is the wait for the first"
                + " chunk, each stroke a chunk, ✗ a failure."
                + (left > 0 ? " The " + left + " later ones are not drawn." : "");
    }
}
