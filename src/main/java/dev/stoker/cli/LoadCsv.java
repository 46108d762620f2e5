package dev.stoker.cli;

import dev.stoker.base.Reading;
import dev.stoker.load.ClientFigures;
import dev.stoker.load.LoadSummary;
import dev.stoker.load.StepSummary;
import dev.stoker.stats.LatencySummary;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** A load test's result as CSV, one line a load; an unknown figure is an empty field. Stateless. */
final class LoadCsv {
    private static final List<String> LATENCIES =
            List.of(
                    "ttft",
                    "ttft_sent",
                    "ttfa",
                    "ttfa_sent",
                    "itl",
                    "tpot",
                    "e2e",
                    "e2e_sent",
                    "dispatch_delay");

    private LoadCsv() {}

    static void print(PrintWriter out, LoadSummary summary) {
        List<String> titles =
                new ArrayList<>(
                        List.of(
                                "run",
                                "model",
                                "arrivals",
                                "concurrency",
                                "rate_per_second",
                                "sent",
                                "ok",
                                "failed",
                                "unfinished",
                                "output_tokens",
                                "output_tokens_per_second",
                                "requests_per_second",
                                "goodput"));
        for (String name : LATENCIES) {
            for (String figure : List.of("mean", "p50", "p90", "p95", "p99", "max")) {
                titles.add(name + "_" + figure + "_ms");
            }
        }
        titles.addAll(List.of("client_cpu_seconds", "client_max_lag_ms", "client_bottleneck"));
        out.println(String.join(",", titles));
        for (StepSummary s : summary.steps()) {
            out.println(Csv.line(fields(summary, s)));
        }
    }

    private static List<String> fields(LoadSummary summary, StepSummary s) {
        List<String> f = new ArrayList<>();
        f.add(summary.header().id());
        f.add(summary.header().model());
        f.add(s.started().arrivals());
        f.add(s.started().users() > 0 ? Integer.toString(s.started().users()) : "");
        f.add(s.started().perSecond() > 0 ? Double.toString(s.started().perSecond()) : "");
        f.add(Long.toString(s.sent()));
        f.add(Long.toString(s.ok()));
        f.add(Long.toString(s.failed()));
        f.add(Long.toString(s.unfinished()));
        f.add(text(s.outputTokens()));
        f.add(text(s.outputTokensPerSecond()));
        f.add(text(s.requestsPerSecond()));
        f.add(s.goodput().map(g -> Double.toString(g)).orElse(""));
        for (LatencySummary l :
                List.of(
                        s.ttft(),
                        s.ttftSent(),
                        s.ttfa(),
                        s.ttfaSent(),
                        s.itl(),
                        s.tpot(),
                        s.e2e(),
                        s.e2eSent(),
                        s.dispatchDelay())) {
            for (OptionalDouble v :
                    List.of(l.mean(), l.p50(), l.p90(), l.p95(), l.p99(), l.max())) {
                f.add(text(v));
            }
        }
        f.add(s.client().map(c -> text(c.cpuSeconds())).orElse(""));
        f.add(s.client().map(c -> text(c.lagMaxMillis())).orElse(""));
        f.add(s.client().map(ClientFigures::bottleneck).map(b -> Boolean.toString(b)).orElse(""));
        return f;
    }

    private static String text(Reading<?> value) {
        return value.isKnown() ? value.value().toString() : "";
    }

    private static String text(OptionalDouble value) {
        return value.isPresent() ? Double.toString(value.getAsDouble()) : "";
    }
}
