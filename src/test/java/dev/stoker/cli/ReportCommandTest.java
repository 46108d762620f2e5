package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.bench.BenchPrompt;
import dev.stoker.bench.BenchRequest;
import dev.stoker.bench.RunFolder;
import dev.stoker.bench.RunHeader;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** {@code stoker report} from its words to its files. */
class ReportCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path folder;

    @BeforeEach
    void run(@TempDir Path dir) {
        folder = dir;
        BenchRequest d = BenchRequest.defaults();
        RunFolder.create(
                dir.resolve("runs"),
                new RunHeader(
                        "r1",
                        0,
                        "0.1.0",
                        "ollama",
                        "Ollama 0.33.0",
                        "0.33.0",
                        "http://127.0.0.1:11434",
                        Optional.empty(),
                        1,
                        new BenchRequest(
                                List.of(),
                                List.of(new BenchPrompt("short", "?", 5)),
                                3,
                                d.contextLength(),
                                d.unload(),
                                d.restart(),
                                d.restartAbove(),
                                d.stall(),
                                d.seed(),
                                1),
                        List.of(new RunHeader.Model("a", "", -1, -1, ""))));
    }

    private int report(String... args) {
        List<String> words = new ArrayList<>(List.of("report"));
        words.addAll(List.of(args));
        Map<String, Supplier<Object>> verbs =
                Map.of(
                        "report",
                        () ->
                                new ReportCommand(
                                        Map.of("RESULTS_DIR", folder.resolve("runs").toString())));
        CommandLine line = StokerCommand.commandLine(verbs, words.toArray(String[]::new));
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return line.execute(words.toArray(String[]::new));
    }

    @Test
    void report_fileNamed_isWrittenAndNothingIsPrinted() throws IOException {
        Path page = folder.resolve("r.html");
        assertThat(report("latest", "--html", page.toString())).isZero();
        assertThat(Files.readString(page)).startsWith("<!doctype html>").contains("Run r1");
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).contains("Written to " + page);
    }

    @Test
    void report_dash_isPrinted() {
        assertThat(report("r1", "--csv", "-")).isZero();
        assertThat(out.toString()).startsWith("run,simulated,model,");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void report_noForm_isWrongUse() {
        assertThat(report("r1")).isEqualTo(2);
        assertThat(err.toString()).contains("--html FILE");
    }

    @Test
    void report_twoFormsForOnePlace_isWrongUse() {
        assertThat(report("r1", "--csv", "-", "--html", "-")).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void report_unknownRun_isWrongUseAndWritesNothing() {
        Path page = folder.resolve("r.html");
        assertThat(report("r2", "--html", page.toString())).isEqualTo(2);
        assertThat(page).doesNotExist();
        assertThat(err.toString()).contains("There is no run 'r2'", "r1");
    }

    @Test
    void report_fileThatCanNotBeWritten_saysSo() {
        Path page = folder.resolve("none").resolve("r.html");
        assertThat(report("r1", "--html", page.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("can not be written");
    }
}
