package dev.stoker.cli;

import dev.stoker.base.Reading;
import dev.stoker.json.Json;
import dev.stoker.load.ClientFigures;
import dev.stoker.load.LoadSummary;
import dev.stoker.load.StepSummary;
import dev.stoker.load.Sweep;
import dev.stoker.stats.LatencySummary;

import java.io.PrintWriter;
import java.util.List;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * A load test's result for a person: one load in full, several as a table. Both clocks are shown:
 * from the intended start, and from the send. Stateless.
 */
final class LoadView {
    private static final String ADVICE =
            "Use fewer streams, a quieter or faster machine, or several clients.";

    private final Terminal terminal;

    LoadView(Terminal terminal) {
        this.terminal = terminal;
    }

    void result(PrintWriter out, LoadSummary summary) {
        out.println();
        out.println(
                terminal.paint(Terminal.Colour.STRONG, summary.header().model())
                        + " on "
                        + summary.header().serverTitle()
                        + " at "
                        + summary.header().serverUrl());
        out.println();
        if (summary.steps().size() == 1) {
            one(out, summary.steps().getFirst());
        } else {
            several(out, summary.steps());
        }
        if (Json.truth(summary.header().options(), "sweep").orElse(false)) {
            sweep(out, Sweep.found(summary.steps()));
        }
        prompts(out, summary);
        remarks(out, summary.steps());
        out.flush();
    }

    private void sweep(PrintWriter out, Sweep.Found found) {
        out.println();
        found.knee()
                .ifPresent(s ->
                        out.println(
                                "Knee: %s, %s output tok/s; more users bring little more."
                                        .formatted(
                                                s.started().label(),
                                                figure(s.outputTokensPerSecond()))));
        found.best()
                .ifPresent(s ->
                        out.println(
                                "Highest rate tried that meets all objectives: %s, goodput %s %%."
                                        .formatted(
                                                s.started().label(),
                                                Numbers.figure(s.goodput().orElse(0.0) * 100))));
        if (found.best().isEmpty()
                && found.knee().stream().anyMatch(s -> !s.verdicts().isEmpty())) {
            out.println("No rate that was tried meets all objectives.");
        }
    }

    /** Prompts that did not come to the number of tokens that was wanted are told of. */
    private void prompts(PrintWriter out, LoadSummary summary) {
        long wanted = Json.integer(summary.header().options(), "prompt_tokens_wanted").orElse(0L);
        long fewest = Long.MAX_VALUE;
        long most = -1;
        for (StepSummary s : summary.steps()) {
            fewest = Math.min(fewest, s.fewestPromptTokens().orElse(fewest));
            most = Math.max(most, s.mostPromptTokens().orElse(most));
        }
        boolean oneTurn = Json.integer(summary.header().options(), "turns").orElse(1L) == 1;
        if (wanted > 0 && most >= 0 && oneTurn && (fewest != wanted || most != wanted)) {
            warn(out, "prompts had %d to %d tokens instead of %d".formatted(fewest, most, wanted));
        }
        long before =
                Json.integer(summary.header().options(), "prompt_size", "requests_before_the_run")
                        .orElse(0L);
        if (before > 0) {
            out.println(
                    "Requests of one token sent before, to find the length of a prompt: %d."
                            .formatted(before));
        }
    }

    private void one(PrintWriter out, StepSummary s) {
        out.println(
                "%s, %s s%s: %d sent, %s, %s%s"
                        .formatted(
                                s.started().label(),
                                Numbers.figure(s.windowSeconds()),
                                s.steady() ? " steady" : " in all",
                                s.sent(),
                                s.ok() + " ok",
                                failed(s),
                                s.lead() > 0 ? " (" + s.lead() + " before measuring)" : ""));
        out.println(
                "%s output tok/s · %s requests/s · %s output tokens · %s prompt tokens"
                        .formatted(
                                figure(s.outputTokensPerSecond()),
                                figure(s.requestsPerSecond()),
                                count(s.outputTokens()),
                                count(s.promptTokens())));
        s.goodput().ifPresent(g -> out.println(goodput(s, g)));
        out.println();
        Table table =
                new Table()
                        .left("ms", 0)
                        .right("n", 3)
                        .right("mean", 2)
                        .right("sd", 4)
                        .right("min", 5)
                        .right("p50", 0)
                        .right("p90", 1)
                        .right("p95", 2)
                        .right("p99", 0)
                        .right("max", 1);
        boolean both = hasTwoClocks(s);
        row(table, "TTFT", s.ttft());
        if (both) {
            row(table, "  from send", s.ttftSent());
        }
        if (!s.ttfa().equals(s.ttft())) {
            row(table, "TTFA", s.ttfa());
            if (both) {
                row(table, "  from send", s.ttfaSent());
            }
        }
        row(table, isPerToken(s) ? "ITL per token" : "ITL per chunk", s.itl());
        row(table, "TPOT", s.tpot());
        row(table, "E2E", s.e2e());
        if (both) {
            row(table, "  from send", s.e2eSent());
        }
        row(table, "Dispatch delay", s.dispatchDelay());
        table.lines(terminal.columns()).forEach(out::println);
    }

    /**
     * In an open loop a request has its moment whether it can be sent or not, and both clocks
     * count; in a closed one it is sent when it begins.
     */
    private static boolean hasTwoClocks(StepSummary s) {
        return s.started().users() == 0
                || s.ttft().p50().orElse(0) - s.ttftSent().p50().orElse(0) >= 1;
    }

    private void several(PrintWriter out, List<StepSummary> steps) {
        boolean both = steps.stream().anyMatch(LoadView::hasTwoClocks);
        Table table =
                new Table()
                        .left("load", 0)
                        .right("ok", 3)
                        .right("failed", 0)
                        .right("tok/s", 0)
                        .right("req/s", 4)
                        .right("TTFT p50", 0)
                        .right("p95", 5)
                        .right("p99", 6)
                        .right("from send p50", 7)
                        .right("ITL p50", 1)
                        .right("p99", 2)
                        .right("E2E p50", 4)
                        .right("goodput", 1);
        for (StepSummary s : steps) {
            table.row(
                    s.started().label(),
                    Long.toString(s.ok()),
                    Long.toString(s.failed()),
                    figure(s.outputTokensPerSecond()) + (s.steady() ? "" : "*"),
                    figure(s.requestsPerSecond()),
                    figure(s.ttft().p50()),
                    figure(s.ttft().p95()),
                    figure(s.ttft().p99()),
                    both ? figure(s.ttftSent().p50()) : "",
                    figure(s.itl().p50()),
                    figure(s.itl().p99()),
                    figure(s.e2e().p50()),
                    s.goodput().map(g -> Numbers.figure(g * 100) + " %").orElse(""));
        }
        table.lines(terminal.columns()).forEach(out::println);
        out.println("Times in ms, from the intended start unless said otherwise.");
        if (steps.stream().anyMatch(s -> !s.steady())) {
            out.println("* of the whole load: too few requests for a steady window");
        }
    }

    private void remarks(PrintWriter out, List<StepSummary> steps) {
        for (StepSummary s : steps) {
            String where = steps.size() == 1 ? "" : s.started().label() + ": ";
            new TreeMap<>(s.failures())
                    .forEach((kind, n) -> warn(out, where + n + " failed: " + kind));
            if (s.ok() > 0 && s.ttft().n() == 0) {
                warn(
                        out,
                        where
                                + "every request began in the warm-up, so nothing was measured;"
                                + " give a longer --duration");
            }
            if (s.unfinished() > 0) {
                warn(out, where + s.unfinished() + " were not over when the load was stopped");
            }
            switch (s.why()) {
                case "error-rate" -> warn(out, where + "stopped, as too many requests failed");
                case "interrupted" -> warn(out, where + "interrupted");
                case "killed" -> warn(out, where + "the run was killed; this is what was saved");
                default -> {}
            }
            s.client().filter(ClientFigures::bottleneck).ifPresent(c -> client(out, where, c));
        }
        if (steps.stream().anyMatch(LoadView::isClientBound)) {
            lines(out, "  ", "These figures are partly the client's own. " + ADVICE);
        }
    }

    private static boolean isClientBound(StepSummary s) {
        return s.client().map(ClientFigures::bottleneck).orElse(false);
    }

    private void client(PrintWriter out, String where, ClientFigures c) {
        warn(out, where + "the client was the bottleneck: " + String.join("; ", c.reasons()));
    }

    private void warn(PrintWriter out, String sentence) {
        lines(out, terminal.paint(Terminal.Colour.WARNING, "! "), sentence);
    }

    private void lines(PrintWriter out, String first, String text) {
        Paragraph.lines(first, text, "  ", terminal.columns()).forEach(out::println);
    }

    private static String goodput(StepSummary s, double share) {
        StringBuilder b =
                new StringBuilder("goodput " + Numbers.figure(share * 100) + " % of the requests");
        new TreeMap<>(s.verdicts())
                .forEach((objective, met) -> b.append(met ? " · ✓ " : " · ✗ ").append(objective));
        return b.toString();
    }

    private static boolean isPerToken(StepSummary s) {
        return s.tokensPerChunk().isPresent() && s.tokensPerChunk().getAsDouble() < 1.1;
    }

    private static void row(Table table, String name, LatencySummary s) {
        table.row(
                name,
                Long.toString(s.n()),
                figure(s.mean()),
                figure(s.sd()),
                figure(s.min()),
                figure(s.p50()),
                figure(s.p90()),
                figure(s.p95()),
                figure(s.p99()),
                figure(s.max()));
    }

    private String failed(StepSummary s) {
        String text = s.failed() + " failed";
        return s.failed() > 0 ? terminal.paint(Terminal.Colour.BAD, text) : text;
    }

    private static String figure(OptionalDouble value) {
        return value.isPresent() ? Numbers.figure(value.getAsDouble()) : Numbers.UNKNOWN;
    }

    private static String figure(Reading<Double> value) {
        return value instanceof Reading.Known<Double>(Double v)
                ? Numbers.figure(v)
                : Numbers.UNKNOWN;
    }

    private static String count(Reading<Long> value) {
        return value instanceof Reading.Known<Long>(Long n) ? n.toString() : Numbers.UNKNOWN;
    }
}
