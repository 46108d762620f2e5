package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.bench.BenchPlan;
import dev.stoker.bench.BenchReport;
import dev.stoker.bench.Checklist;
import dev.stoker.bench.ModelResult;
import dev.stoker.bench.ModelResult.Cleanup;
import dev.stoker.bench.PlannedModel;
import dev.stoker.cli.Terminal.Colour;
import dev.stoker.memory.MemoryEstimate;
import dev.stoker.server.LoadedModel;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * How a benchmark's plan, checklist and result look on a terminal. Stateless but for the terminal.
 */
final class BenchView {
    private final Terminal terminal;

    BenchView(Terminal terminal) {
        this.terminal = terminal;
    }

    void plan(PrintWriter out, BenchPlan plan) {
        int run = plan.toRun().size();
        print(
                out,
                "",
                terminal.paint(Colour.STRONG, "Plan")
                        + " for "
                        + plan.server().title()
                        + " at "
                        + plan.server().endpoint()
                        + ": "
                        + run
                        + (run == 1 ? " model" : " models")
                        + ", about "
                        + Numbers.time(plan.expectedTime())
                        + " (a guess before anything is measured)",
                "    ");
        simulated(out, plan.server().simulated().map(s -> s.box()).orElse(""));
        Table table =
                new Table()
                        .left("model", 0)
                        .right("file", 2)
                        .right("expected GiB", 1)
                        .right("free now GiB", 3)
                        .left("before it", 0);
        for (PlannedModel m : plan.models()) {
            table.row(
                    ModelName.shown(m.name()),
                    m.model().fileSize().map(Bytes::decimal).orElse(Numbers.UNKNOWN),
                    band(m.estimate()),
                    Numbers.gib(plan.available()),
                    before(m, plan));
        }
        table.lines(terminal.columns() - 2).forEach(l -> out.println("  " + l));
        for (PlannedModel m : plan.models()) {
            String why = m.isRun() ? m.restart() : m.skip();
            if (!why.isEmpty()) {
                print(out, "  ", ModelName.shown(m.name()) + ": " + said(m, plan) + why, "    ");
            }
        }
        if (!plan.loaded().isEmpty()) {
            List<String> names =
                    plan.loaded().stream().map(LoadedModel::name).map(ModelName::shown).toList();
            print(
                    out,
                    plan.unloadFirst() ? "  Unloaded first: " : "  Stays in memory: ",
                    String.join(", ", names),
                    "    ");
        }
        print(
                out,
                "  ",
                plan.canRestart()
                        ? "Restarts, where needed: by " + plan.restartMeans()
                        : "Restarts: not possible. " + plan.restartMeans(),
                "    ");
    }

    private static String band(Reading<MemoryEstimate> estimate) {
        return estimate instanceof Reading.Known<MemoryEstimate>(MemoryEstimate e)
                ? Numbers.gib(e.expected())
                        + " ("
                        + Numbers.gib(e.low())
                        + "–"
                        + Numbers.gib(e.high())
                        + ")"
                : Numbers.UNKNOWN;
    }

    private String before(PlannedModel m, BenchPlan plan) {
        if (!m.isRun()) {
            return terminal.paint(Colour.FAINT, "skipped");
        }
        if (m.restart().isEmpty()) {
            return plan.unloadFirst() ? "memory freed" : "";
        }
        return plan.canRestart()
                ? terminal.paint(Colour.WARNING, "restart")
                : terminal.paint(Colour.WARNING, "! no restart");
    }

    private static String said(PlannedModel m, BenchPlan plan) {
        if (!m.isRun()) {
            return "skipped, ";
        }
        return plan.canRestart() ? "restart, " : "a restart is wanted, ";
    }

    void checklist(PrintWriter out, List<Checklist.Check> checks) {
        out.println(terminal.paint(Colour.STRONG, "Checklist"));
        for (Checklist.Check c : checks) {
            String sign =
                    switch (c.state()) {
                        case GOOD -> terminal.paint(Colour.GOOD, "✓");
                        case WARNING -> terminal.paint(Colour.WARNING, "!");
                        case BAD -> terminal.paint(Colour.BAD, "✗");
                    };
            print(out, "  " + sign + " ", c.title() + ": " + c.detail(), "      ");
        }
    }

    void result(PrintWriter out, BenchReport report) {
        print(
                out,
                "",
                terminal.paint(Colour.STRONG, report.header().serverTitle())
                        + " at "
                        + report.header().serverUrl()
                        + ", run "
                        + report.id(),
                "    ");
        simulated(out, report.header().simulatedBox().orElse(""));
        Table table =
                new Table()
                        .left("model", 0)
                        .left("quant", 5)
                        .right("load s", 2)
                        .right("TTFT ms", 1)
                        .right("prompt tok/s", 2)
                        .right("decode tok/s", 0)
                        .left("(min–max)", 6)
                        .right("server tok/s", 7)
                        .right("memory GiB", 3)
                        .right("on GPU %", 4)
                        .left("clean-up", 4)
                        .left("verdict", 0);
        for (ModelResult m : report.models()) {
            table.row(
                    ModelName.shown(m.name()),
                    Text.plain(m.quantization(), 12),
                    Numbers.mean(m.loadSeconds()),
                    Numbers.mean(m.ttftMillis()),
                    Numbers.mean(m.promptTokensPerSecond()),
                    Numbers.meanAndSpread(m.decodeTokensPerSecond()),
                    Numbers.range(m.decodeTokensPerSecond()),
                    Numbers.mean(m.serverDecodeTokensPerSecond()),
                    Numbers.gib(m.footprint()),
                    share(m),
                    cleanup(m.cleanup()),
                    verdict(m));
        }
        table.lines(terminal.columns()).forEach(out::println);
        BenchRemarks.of(report).forEach(r -> print(out, "  ", r, "    "));
    }

    private void simulated(PrintWriter out, String box) {
        if (!box.isEmpty()) {
            print(
                    out,
                    terminal.paint(Colour.WARNING, "SIMULATED") + ": ",
                    "the box '"
                            + Text.plain(box)
                            + "' of stoker sim, no real hardware; times are simulated time.",
                    "    ");
        }
    }

    private static String share(ModelResult m) {
        if (m.modelBytes() instanceof Reading.Known<Bytes>(Bytes all)
                && m.onGpuBytes() instanceof Reading.Known<Bytes>(Bytes gpu)
                && all.count() > 0) {
            return String.format(Locale.ROOT, "%.0f", 100.0 * gpu.count() / all.count());
        }
        return Numbers.UNKNOWN;
    }

    private String cleanup(Cleanup cleanup) {
        return switch (cleanup) {
            case Cleanup.Clean c -> terminal.paint(Colour.GOOD, "clean");
            case Cleanup.Retained c -> terminal.paint(Colour.WARNING, "kept " + c.bytes().binary());
            case Cleanup.StillLoaded c -> terminal.paint(Colour.BAD, "still loaded");
            case Cleanup.Unverified c -> "unloaded";
            case Cleanup.None c -> Numbers.UNKNOWN;
        };
    }

    private String verdict(ModelResult m) {
        return switch (m.outcome()) {
            case PASSED -> terminal.paint(Colour.GOOD, "passed");
            case FAILED -> terminal.paint(Colour.BAD, "failed");
            case SKIPPED -> "skipped";
        };
    }

    private void print(PrintWriter out, String first, String text, String indent) {
        Paragraph.lines(first, text, indent, terminal.columns()).forEach(out::println);
    }
}
