package dev.stoker.cli;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.bench.BenchReport;
import dev.stoker.bench.BenchRuns;
import dev.stoker.bench.ReportBuilder;
import dev.stoker.bench.RunFolder;
import dev.stoker.report.bench.CsvReport;
import dev.stoker.report.bench.HtmlReport;
import dev.stoker.report.bench.MarkdownReport;
import dev.stoker.report.bench.ReportedRun;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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
            "  stoker report latest --markdown -",
            "",
            "Several runs stand side by side, each compared with the first one named.",
            "",
            "Exit codes: 0 written, whatever the runs say, 2 wrong use."
        })
public final class ReportCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Parameters(
            paramLabel = "RUN",
            arity = "1..*",
            description = "Runs: an id, a run's folder, or latest.")
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

    private final Map<String, String> env;

    public ReportCommand(Map<String, String> env) {
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
        Path folder = ResultsFolder.of(results, env);
        List<ReportedRun> reported =
                runs.stream().map(name -> read(RunFolder.find(folder, name))).toList();
        if (html != null) {
            write(html, HtmlReport.write(reported));
        }
        if (markdown != null) {
            write(markdown, MarkdownReport.write(reported));
        }
        if (csv != null) {
            write(csv, CsvReport.write(reported));
        }
        return ExitCode.DONE.number();
    }

    private static ReportedRun read(RunFolder folder) {
        RunFolder.Contents contents = folder.read();
        BenchReport report = ReportBuilder.report(contents);
        return new ReportedRun(
                report,
                contents.events(),
                BenchRuns.run(contents, folder.setting()),
                BenchRemarks.of(report));
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
