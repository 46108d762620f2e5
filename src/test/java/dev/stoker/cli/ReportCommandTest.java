package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.bench.BenchRequest;
import dev.stoker.bench.RunFolder;
import dev.stoker.bench.RunHeader;
import dev.stoker.history.Export;
import dev.stoker.history.JournalLine;
import dev.stoker.history.RunStore;
import dev.stoker.history.Stores;
import dev.stoker.history.jdbc.JdbcStores;
import dev.stoker.json.Json;
import dev.stoker.load.LoadFolder;
import dev.stoker.load.LoadHeader;
import dev.stoker.load.LoadRuns;
import dev.stoker.suite.Task;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

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
                                List.of(Task.prompt("short", "?", 5)),
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

    private Stores stores() {
        return new JdbcStores(Map.of("STOKER_STORE", folder.resolve("runs.db").toString()));
    }

    /** Writes a load test of one load with two requests, the second of which failed. */
    private LoadFolder loadTest(String id) throws IOException {
        ObjectNode options = Json.object();
        options.putArray("objectives").add("ttft_p95=500ms");
        LoadFolder load =
                LoadFolder.create(
                        folder.resolve("runs"),
                        new LoadHeader(
                                id,
                                0,
                                "0.1.0",
                                "vllm",
                                "vLLM 0.11",
                                "0.11",
                                "http://127.0.0.1:8000",
                                Optional.empty(),
                                "m",
                                options));
        Files.writeString(
                load.events(),
                """
                {"type":"step-started","step":0,"started":1,"arrivals":"closed","users":2,"per_second":0,\
                "lead_nanos":0,"requests":2}
                {"type":"request","step":0,"at":0,"trace":{"started":1,"connected":1,"sent":1000000,\
                "head":2,"chunks":[200000000,100000000],"first_answer":200000000,"end":300000000,\
                "chars":2,"server":{"total_nanos":{"unsupported":"x"},"load_nanos":{"unsupported":"x"},\
                "prompt_tokens":7,"cached_tokens":{"unsupported":"x"},"prompt_nanos":{"unsupported":"x"},\
                "output_tokens":2,"decode_nanos":{"unsupported":"x"}},"ok":true,"finish":"length"}}
                {"type":"request","step":0,"at":0,"trace":{"started":1,"connected":1,"sent":1000000,\
                "head":2,"chunks":[],"first_answer":-1,"end":300000000,\
                "chars":0,"server":{"total_nanos":{"unsupported":"x"},"load_nanos":{"unsupported":"x"},\
                "prompt_tokens":{"unsupported":"x"},"cached_tokens":{"unsupported":"x"},\
                "prompt_nanos":{"unsupported":"x"},"output_tokens":{"unsupported":"x"},\
                "decode_nanos":{"unsupported":"x"}},"ok":false,"failure":"stream-cut","sentence":"<cut>"}}
                """);
        return load;
    }

    private int report(String... args) {
        List<String> words = new ArrayList<>(List.of("report"));
        words.addAll(List.of(args));
        Map<String, Supplier<Object>> verbs =
                Map.of(
                        "report",
                        () ->
                                new ReportCommand(
                                        stores(),
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

    @Test
    void report_loadTest_isFoundByItsId() throws IOException {
        loadTest("l1");
        assertThat(report("l1", "--html", "-")).isZero();
        assertThat(out.toString()).contains("Load test of m", "1 request failed", "&lt;cut&gt;");
    }

    @Test
    void report_loadTestInEveryForm_isWritten() throws IOException {
        loadTest("l1");
        Path markdown = folder.resolve("r.md");
        Path csv = folder.resolve("r.csv");
        assertThat(report("l1", "--markdown", markdown.toString(), "--csv", csv.toString()))
                .isZero();
        assertThat(Files.readString(markdown)).startsWith("# Load test\n").contains("stream-cut");
        assertThat(Files.readString(csv))
                .contains("l1,false,m,0,2 users,requests_failed,1,1,,")
                .contains("l1,false,m,0,2 users,failed:stream-cut,1,1,,")
                .contains("2 users,ttft_ms,1,200.0,,200.0,200.0,,,,200.0,");
        assertThat(Files.readAllLines(csv))
                .allMatch(line -> line.chars().filter(c -> c == ',').count() == 15);
    }

    @Test
    void report_latest_isTheNewestOfBothKinds() throws IOException {
        loadTest("r0");
        assertThat(report("latest", "--csv", "-")).isZero();
        assertThat(out.toString()).startsWith("run,simulated,model,prompt,");
        loadTest("r2");
        assertThat(report("latest", "--csv", "-")).isZero();
        assertThat(out.toString()).contains("run,simulated,model,step,");
    }

    @Test
    void report_benchmarkAndLoadTestTogether_isRefusedWithAHint() throws IOException {
        loadTest("l1");
        assertThat(report("r1", "l1", "--html", "-")).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).contains("no figure in common", "one of the load tests");
    }

    @Test
    void report_runInTheStoreAlone_isMadeFromItsJournal() throws IOException {
        keep(loadTest("l1"));
        Files.delete(folder.resolve("runs/l1/load.json"));
        assertThat(report("l1", "--csv", "-")).isZero();
        assertThat(out.toString()).contains("l1,false,m,0,2 users,requests_ok,1,1,,");
    }

    @Test
    void report_tag_namesTheRunOfTheStore() throws IOException {
        keep(loadTest("l1"));
        try (RunStore store = stores().open("", Stores.Access.CHANGE)) {
            Optional<String> before = store.tag("l1", "baseline");
            assertThat(before).isEmpty();
        }
        assertThat(report("baseline", "--csv", "-")).isZero();
        assertThat(out.toString()).contains("l1,false,m,0,2 users,requests_ok,1,1,,");
    }

    @Test
    void report_exportedFile_isReadWithoutAStore() throws IOException {
        keep(loadTest("l1"));
        Path file = folder.resolve("l1.jsonl");
        try (RunStore store = stores().open("", Stores.Access.LOOK);
                PrintWriter writer = new PrintWriter(file.toFile(), StandardCharsets.UTF_8)) {
            Export.write(store.get("l1").orElseThrow(), store, writer);
        }
        Files.delete(folder.resolve("runs/l1/load.json"));
        Files.delete(folder.resolve("runs.db"));
        assertThat(report(file.toString(), "--csv", "-")).isZero();
        assertThat(out.toString()).contains("2 users,ttft_ms,1,200.0,,200.0,200.0,,,,200.0,");
    }

    @Test
    void report_fileThatIsNoExport_saysWhatIsExpected() throws IOException {
        Path file = folder.resolve("x.txt");
        Files.writeString(file, "hello");
        assertThat(report(file.toString(), "--csv", "-")).isEqualTo(2);
        assertThat(err.toString()).contains("can not be used", "history export");
    }

    private void keep(LoadFolder load) {
        try (RunStore store = stores().open("", Stores.Access.CHANGE);
                Stream<JournalLine> journal = LoadRuns.journal(load)) {
            store.put(LoadRuns.read(load).run(), journal);
        }
    }
}
