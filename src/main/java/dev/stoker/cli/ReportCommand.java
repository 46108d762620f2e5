package dev.stoker.cli;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.history.Stores;
import dev.stoker.report.bench.CsvReport;
import dev.stoker.report.bench.HtmlReport;
import dev.stoker.report.bench.MarkdownReport;
import dev.stoker.report.bench.ReportedRun;
import dev.stoker.report.load.LoadFigures;
import dev.stoker.report.load.LoadHtml;
import dev.stoker.report.load.LoadMarkdown;
import dev.stoker.report.load.ReportedLoad;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * {@code stoker report}: runs as a document to keep or to show. Reads the runs' files and writes
 * the document's, nothing else. Used by one thread.
 */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = {
            "Write runs as a document: a page for a browser, Markdown, or CSV.",
            "",
            "The page is one file that needs nothing else, and can be printed. FILE - is standard"
                    + " output. A file of that name is replaced.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  stoker report latest --html run.html",
            "  stoker report 20261122-101500-ab12 latest --html both.html --csv both.csv",
            "  stoker report baseline latest --html change.html",
            "  stoker report latest --markdown -",
            "",
            "Several runs of one kind stand side by side, each compared with the first one named.",
            "",
            "Exit codes: 0 written, whatever the runs say, 2 wrong use."
        })
public final class ReportCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Parameters(
            paramLabel = "RUN",
            arity = "1..*",
            description =
                    "Runs of bench or of load: an id, a tag, latest, a run's folder, or an exported"
                            + " file.")
    private List<String> runs = List.of();

    @Option(names = "--html", paramLabel = "FILE", description = "Write a page.")
    private @Nullable String html;

    @Option(names = "--markdown", paramLabel = "FILE", description = "Write Markdown.")
    private @Nullable String markdown;

    @Option(names = "--csv", paramLabel = "FILE", description = "Write CSV, one line a figure.")
    private @Nullable String csv;

    @Option(
            names = "--results",
            paramLabel = "DIR",
            description = {
                "Where runs are kept. Default: RESULTS_DIR, else stoker/runs in the XDG data home."
            })
    private @Nullable Path results;

    @Option(
            names = {"-q", "--quiet"},
            description = "No remarks: only the document and errors.")
    private boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            description = "Show the stack trace of an error.")
    boolean verbose;

    @Mixin private final StoreOptions store = new StoreOptions();

    private final Stores stores;
    private final Map<String, String> env;

    public ReportCommand(Stores stores, Map<String, String> env) {
        this.stores = stores;
        this.env = Map.copyOf(env);
    }

    @Override
    public Integer call() {
        List<String> targets = Stream.of(html, markdown, csv).filter(Objects::nonNull).toList();
        if (targets.isEmpty()) {
            throw UserError.wrongUse(
                    "What to write was not said.",
                    "Give at least one of --html FILE, --markdown FILE, --csv FILE.");
        }
        if (targets.stream().distinct().count() < targets.size()) {
            throw UserError.wrongUse(
                    "Two documents can not be written to one place.",
                    "Give each a file of its own.");
        }
        List<ReportSource.Found> found;
        try (ReportSource source =
                new ReportSource(ResultsFolder.of(results, env), store, stores)) {
            found = runs.stream().map(source::find).toList();
        }
        List<ReportedRun> benches = new ArrayList<>();
        List<ReportedLoad> loads = new ArrayList<>();
        for (ReportSource.Found f : found) {
            switch (f) {
                case ReportSource.Found.Bench(ReportedRun run) -> benches.add(run);
                case ReportSource.Found.Load(ReportedLoad run) -> loads.add(run);
            }
        }
        if (!benches.isEmpty() && !loads.isEmpty()) {
            throw UserError.wrongUse(
                    "Benchmarks and load tests have no figure in common, so they do not stand in"
                            + " one document.",
                    "Write one document of the benchmarks and one of the load tests.");
        }
        if (html != null) {
            write(html, loads.isEmpty() ? HtmlReport.write(benches) : LoadHtml.write(loads));
        }
        if (markdown != null) {
            write(
                    markdown,
                    loads.isEmpty() ? MarkdownReport.write(benches) : LoadMarkdown.write(loads));
        }
        if (csv != null) {
            write(csv, loads.isEmpty() ? CsvReport.write(benches) : LoadFigures.write(loads));
        }
        return ExitCode.DONE.number();
    }

    private void write(String target, String document) {
        CommandSpec command = Objects.requireNonNull(spec, "spec is null");
        if (target.equals("-")) {
            PrintWriter out = command.commandLine().getOut();
            out.print(document);
            out.flush();
            return;
        }
        try {
            Files.writeString(Path.of(target), document);
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The file " + Text.plain(target) + " can not be written.",
                    "Name a file in a folder that is there and can be written.",
                    e);
        }
        if (!quiet) {
            PrintWriter err = command.commandLine().getErr();
            err.println("Written to " + Text.plain(target));
            err.flush();
        }
    }
}
