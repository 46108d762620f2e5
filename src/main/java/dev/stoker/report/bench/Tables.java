package dev.stoker.report.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.bench.ModelResult;
import dev.stoker.bench.ModelResult.Cleanup;
import dev.stoker.bench.ModelResult.PromptResult;
import dev.stoker.report.draw.Cell;
import dev.stoker.report.draw.Figure;
import dev.stoker.report.draw.Grid;
import dev.stoker.stats.Spread;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The tables of a document, the same in HTML and in Markdown. Pure. */
final class Tables {
    /** The figures that stand side by side where there are several runs. */
    private static final Map<String, Function<ModelResult, Reading<Spread>>> FIGURES =
            new LinkedHashMap<>();

    static {
        FIGURES.put("load s", ModelResult::loadSeconds);
        FIGURES.put("TTFT ms", ModelResult::ttftMillis);
        FIGURES.put("prompt tok/s", ModelResult::promptTokensPerSecond);
        FIGURES.put("decode tok/s", ModelResult::decodeTokensPerSecond);
        FIGURES.put("server tok/s", ModelResult::serverDecodeTokensPerSecond);
    }

    private Tables() {}

    /** The result of one run, one row a model. */
    static Grid result(ReportedRun run) {
        List<String> columns = new ArrayList<>(List.of("model", "verdict"));
        columns.addAll(FIGURES.keySet());
        columns.addAll(List.of("memory GiB", "on GPU %", "clean-up"));
        Grid grid = new Grid(columns);
        for (ModelResult m : run.report().models()) {
            List<Cell> row = new ArrayList<>();
            row.add(new Cell(m.name(), m.quantization(), ""));
            row.add(verdict(run, m));
            FIGURES.values().forEach(f -> row.add(Cell.of(f.apply(m))));
            row.add(Cell.gib(m.footprint()));
            row.add(share(m));
            row.add(cleanup(m.cleanup()));
            grid.row(row);
        }
        return grid;
    }

    private static Cell verdict(ReportedRun run, ModelResult m) {
        return Cell.of(
                run.report().pending().contains(m.name())
                        ? "unfinished"
                        : m.outcome().name().toLowerCase(Locale.ROOT));
    }

    private static Cell share(ModelResult m) {
        return Cell.of(
                m.modelBytes(),
                all ->
                        all.count() <= 0
                                ? Cell.unknown("the server says that the model takes nothing")
                                : Cell.of(
                                        m.onGpuBytes(),
                                        gpu -> Cell.of(Figure.text(percent(gpu, all)))));
    }

    private static double percent(Bytes part, Bytes all) {
        return 100.0 * part.count() / all.count();
    }

    private static Cell cleanup(Cleanup cleanup) {
        return switch (cleanup) {
            case Cleanup.Clean _ -> Cell.of("clean");
            case Cleanup.Retained r -> Cell.of("kept " + r.bytes().binary());
            case Cleanup.StillLoaded _ -> Cell.of("still loaded");
            case Cleanup.Unverified u -> new Cell("unloaded", "", u.reason());
            case Cleanup.None n -> Cell.unknown(n.reason());
        };
    }

    /** The same figures of several runs side by side, one row a model and a figure. */
    static Grid sideBySide(List<ReportedRun> runs) {
        List<String> columns = new ArrayList<>(List.of("model", "figure"));
        runs.forEach(r -> columns.add(r.report().id()));
        Grid grid = new Grid(columns);
        Set<String> names = new LinkedHashSet<>();
        runs.forEach(r -> r.report().models().forEach(m -> names.add(m.name())));
        for (String name : names) {
            FIGURES.forEach((title, figure) ->
                    grid.row(sideBySide(runs, name, title, m -> Cell.of(figure.apply(m)))));
            grid.row(sideBySide(runs, name, "memory GiB", m -> Cell.gib(m.footprint())));
        }
        return grid;
    }

    private static List<Cell> sideBySide(
            List<ReportedRun> runs,
            String model,
            String title,
            Function<ModelResult, Cell> figure) {
        List<Cell> row = new ArrayList<>(List.of(Cell.of(model), Cell.of(title)));
        for (ReportedRun run : runs) {
            row.add(
                    run.report().models().stream()
                            .filter(m -> m.name().equals(model))
                            .findFirst()
                            .map(figure)
                            .orElse(Cell.unknown("this run has no result of the model")));
        }
        return row;
    }

    /** The figures of one model by prompt. */
    static Grid prompts(ModelResult model) {
        Grid grid =
                new Grid(
                        "prompt",
                        "prompt tokens",
                        "output tokens",
                        "TTFT ms",
                        "TTFA ms",
                        "E2E ms",
                        "prompt tok/s",
                        "decode tok/s",
                        "server tok/s",
                        "ended by");
        for (PromptResult p : model.prompts()) {
            grid.row(
                    List.of(
                            Cell.of(p.name()),
                            Cell.of(p.promptTokens(), n -> Cell.of(Long.toString(n))),
                            Cell.of(p.outputTokens()),
                            Cell.of(p.ttftMillis()),
                            Cell.of(p.ttfaMillis()),
                            Cell.of(p.e2eMillis()),
                            Cell.of(p.promptTokensPerSecond()),
                            Cell.of(p.decodeTokensPerSecond()),
                            Cell.of(p.serverDecodeTokensPerSecond()),
                            Cell.of(p.finish())));
        }
        return grid;
    }
}
