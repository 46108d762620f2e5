package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.Bytes;
import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.bench.BenchContext;
import dev.stoker.bench.BenchPlan;
import dev.stoker.bench.BenchRequest;
import dev.stoker.bench.FakeClock;
import dev.stoker.bench.FakeControl;
import dev.stoker.bench.FakeHost;
import dev.stoker.bench.FakeServer;
import dev.stoker.bench.OtherGpuUse;
import dev.stoker.bench.Planner;
import dev.stoker.history.Run;
import dev.stoker.history.RunJson;
import dev.stoker.history.RunStore;
import dev.stoker.history.RunSummary;
import dev.stoker.history.Sample;
import dev.stoker.history.Series;
import dev.stoker.history.Stores;
import dev.stoker.history.Subject;
import dev.stoker.history.jdbc.JdbcStores;
import dev.stoker.json.Json;
import dev.stoker.memory.MemoryEstimate;
import dev.stoker.memory.MemoryEstimator;
import dev.stoker.server.ServerFailure;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;

import java.io.ByteArrayInputStream;
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

/**
 * {@code stoker bench} from its words to its exit code, on a fake server and away from terminals.
 */
class BenchCommandTest {
    private static final MemoryEstimator ESTIMATOR =
            (facts, context) ->
                    facts.fileSize().map(b -> new MemoryEstimate(b, b, b, b, List.of()));
    private static final Terminal PIPE = new Terminal(false, false, false, 80, false);
    private static final Terminal PERSON = new Terminal(true, true, true, 80, false);

    private final FakeClock clock = new FakeClock();
    private final FakeServer server = new FakeServer(clock);
    private final FakeHost host = new FakeHost(server);
    private final FakeControl control = new FakeControl(server, clock);
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path results;
    private String columns = "80";
    private int connections;

    @BeforeEach
    void results(@TempDir Path folder) {
        results = folder;
        server.model("a", 1);
    }

    /** Beside the results, so that the only folder in there is a run's. */
    private Path store() {
        return results.resolveSibling(results.getFileName() + "-runs.db");
    }

    @AfterEach
    void removeStore() throws IOException {
        Files.deleteIfExists(store());
    }

    private List<RunSummary> kept() {
        try (RunStore opened =
                new JdbcStores(Map.of()).open(store().toString(), Stores.Access.LOOK)) {
            return opened.list(10);
        }
    }

    @Test
    void bench_ended_isInTheStoreWithItsSetting() throws Exception {
        assertThat(bench("--iterations=2")).isZero();

        assertThat(kept()).hasSize(1);
        assertThat(kept().getFirst().id()).isEqualTo(run().orElseThrow().getFileName().toString());
        assertThat(kept().getFirst().complete()).isTrue();
        assertThat(kept().getFirst().subjects()).containsExactly("a");
        assertThat(kept().getFirst().server()).isEqualTo("Ollama 0.33.0");
    }

    @Test
    void bench_storeCanNotBeWritten_runIsGoodAndSaysHowToImport() throws Exception {
        Files.writeString(
                store(), "This is no database, and it is long enough to be one.".repeat(9));

        assertThat(bench("--iterations=1")).isZero();
        assertThat(err.toString())
                .contains("not in the store", "is damaged, or no store", "stoker history import ")
                .contains(run().orElseThrow().toString());
        assertThat(out.toString()).contains("passed");
        Files.delete(store());
        try (RunStore opened =
                new JdbcStores(Map.of()).open(store().toString(), Stores.Access.CHANGE)) {
            RunSource.read(run().orElseThrow(), opened::put);
        }
        assertThat(kept()).hasSize(1);
    }

    @Test
    void bench_againstABaselineThatWasFaster_comparesAsItGoesAndEndsWithOne() throws Exception {
        assertThat(bench("--iterations=3")).isZero();
        faster();
        String baseline = store() + ".jsonl";
        err.getBuffer().setLength(0);

        assertThat(bench("--iterations=3", "--baseline=" + baseline)).isEqualTo(1);
        assertThat(err.toString()).contains("against the baseline: decode tok/s of a", ": worse");
        assertThat(out.toString()).contains("Worse: ", "decode tok/s of a by -");
        Files.delete(Path.of(baseline));
    }

    /** Writes the kept run to a file, with half as much again of every rate. */
    private void faster() throws IOException {
        try (RunStore opened =
                        new JdbcStores(Map.of()).open(store().toString(), Stores.Access.LOOK);
                PrintWriter file = new PrintWriter(store() + ".jsonl", StandardCharsets.UTF_8)) {
            Run run = opened.get(opened.list(1).getFirst().id()).orElseThrow();
            List<Subject> subjects = new ArrayList<>();
            for (Subject s : run.subjects()) {
                List<Series> series = new ArrayList<>();
                for (Series x : s.series()) {
                    series.add(
                            x.samples().isEmpty()
                                    ? x
                                    : Series.of(
                                            x.metric(),
                                            x.samples().stream()
                                                    .map(v ->
                                                            new Sample(
                                                                    v.unit(),
                                                                    v.atEpochMillis() - 1_000_000,
                                                                    v.value() * 1.5))
                                                    .toList()));
                }
                subjects.add(
                        new Subject(
                                s.name(),
                                s.outcome(),
                                s.reason(),
                                s.setting(),
                                s.requestsOk(),
                                s.requestsFailed(),
                                series));
            }
            Run faster =
                    new Run(
                            "faster",
                            run.kind(),
                            run.startedEpochMillis(),
                            true,
                            false,
                            run.setting(),
                            subjects,
                            List.of(),
                            "");
            file.println(Json.write(RunJson.write(faster)));
        }
    }

    @Test
    void bench_baselineThatIsMissing_saidBeforeAnythingIsMeasured() {
        assertThat(bench("--baseline=never")).isEqualTo(2);
        assertThat(bench("--threshold=3")).isEqualTo(2);
        assertThat(connections).isZero();
        assertThat(err.toString()).contains("There is no run 'never'", "Add --baseline RUN.");
    }

    private int bench(String... args) {
        Connector connector =
                (urls, key, restart) -> {
                    connections++;
                    return new Connection(
                            server,
                            clock,
                            host,
                            control,
                            BenchContext.CachedShares.unknown("no log"),
                            OtherGpuUse.unknown("not looked at"),
                            List.of());
                };
        List<String> words = new ArrayList<>(List.of("bench"));
        words.addAll(List.of(args));
        Map<String, Supplier<Object>> verbs =
                Map.of(
                        "bench",
                        () ->
                                new BenchCommand(
                                        connector,
                                        (server, key) -> ESTIMATOR,
                                        new JdbcStores(Map.of("STOKER_STORE", store().toString())),
                                        Map.of(
                                                "RESULTS_DIR",
                                                results.toString(),
                                                "COLUMNS",
                                                columns)));
        CommandLine line = StokerCommand.commandLine(verbs, words.toArray(String[]::new));
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return line.execute(words.toArray(String[]::new));
    }

    private Optional<Path> run() throws IOException {
        try (var folders = Files.list(results)) {
            return folders.findFirst();
        }
    }

    @Test
    void bench_healthyServer_printsATableAndEndsWithZero() throws Exception {
        assertThat(bench("--iterations=1")).isZero();
        assertThat(out.toString()).contains("decode tok/s", "passed");
        assertThat(err.toString()).contains("Plan for Ollama 0.33.0", "✓ server", "Kept in ");
        assertThat(run()).isPresent();
    }

    @Test
    void bench_quiet_printsTheResultAlone() {
        control.can = true;
        assertThat(bench("--iterations=1", "-q")).isZero();
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void bench_modelFails_endsWithOne() {
        server.failOnce("load a", new ServerFailure.LoadFailed("a", "bad magic"));
        assertThat(bench("--iterations=1")).isEqualTo(1);
        assertThat(out.toString()).contains("a failed: ", "bad magic");
    }

    @Test
    void bench_json_printsJsonAlone() {
        assertThat(bench("--iterations=1", "--json")).isZero();
        assertThat(Json.parse(out.toString()).orElseThrow().at("/models/0/name").stringValue())
                .isEqualTo("a");
    }

    @Test
    void bench_jsonAndCsv_isWrongUse() {
        assertThat(bench("--json", "--csv")).isEqualTo(2);
        assertThat(connections).isZero();
    }

    @Test
    void bench_dryRun_showsThePlanAndTouchesNothing() throws Exception {
        assertThat(bench("--dry-run")).isZero();
        assertThat(out.toString()).contains("Plan for", "Checklist");
        assertThat(server.calls("")).isEmpty();
        assertThat(run()).isEmpty();
    }

    @Test
    void bench_wouldUnloadOthersModels_isRefusedWithoutAYes() throws Exception {
        server.model("z", 1).alreadyLoaded("z");
        assertThat(bench("a")).isEqualTo(4);
        assertThat(err.toString()).contains("nobody can be asked", "--yes");
        assertThat(server.calls("")).isEmpty();
        assertThat(run()).isEmpty();
        assertThat(bench("a", "--iterations=1", "--yes")).isZero();
        assertThat(server.calls("unload z")).hasSize(1);
    }

    @Test
    void bench_wouldRestart_isRefusedWithoutAYes() {
        server.model("big", 41);
        control.can = true;
        assertThat(bench("big")).isEqualTo(4);
        assertThat(bench("big", "--iterations=1", "--restart=never")).isZero();
    }

    @Test
    void bench_unknownModel_isWrongUse() {
        assertThat(bench("b")).isEqualTo(2);
        assertThat(err.toString()).contains("no model 'b'", "It has: a.");
    }

    @Test
    void resume_withOtherOptions_isWrongUse() {
        assertThat(bench("--resume=latest", "--iterations=9")).isEqualTo(2);
        assertThat(bench("--resume=latest", "a")).isEqualTo(2);
        assertThat(err.toString()).contains("others can not be given");
        assertThat(connections).isZero();
    }

    @Test
    void resume_noRun_isWrongUse() {
        assertThat(bench("--resume=latest")).isEqualTo(2);
        assertThat(err.toString()).contains("There is no run in");
    }

    @Test
    void resume_cutRun_goesOnWithWhatIsLeft() throws Exception {
        server.model("b", 2);
        assertThat(bench("--iterations=1")).isZero();
        Path events = run().orElseThrow().resolve("events.jsonl");
        List<String> lines = Files.readAllLines(events);
        int cut = 0;
        while (!lines.get(cut).contains("model-ended")) {
            cut++;
        }
        Files.write(events, lines.subList(0, cut + 1));
        int before = server.calls("load").size();
        assertThat(bench("--resume=latest", "--yes")).isZero();
        assertThat(server.calls("load").subList(before, server.calls("load").size()))
                .containsExactly("load b");
    }

    @Test
    void resume_completeRun_reportsItWithoutAServer() {
        assertThat(bench("--iterations=1", "--json")).isZero();
        String first = out.toString();
        out.getBuffer().setLength(0);
        int before = connections;
        assertThat(bench("--resume=latest", "--json")).isZero();
        assertThat(out.toString()).isEqualTo(first);
        assertThat(connections).isEqualTo(before);
    }

    @Test
    void report_earlierRun_isTheSameToTheByte() {
        assertThat(bench("--iterations=2", "--json")).isZero();
        String first = out.toString();
        out.getBuffer().setLength(0);
        assertThat(bench("--report=latest", "--json")).isZero();
        assertThat(out.toString()).isEqualTo(first);
    }

    @Test
    void csv_always_hasAFieldForEveryTitle() {
        assertThat(bench("--iterations=2", "--csv")).isZero();
        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(1).split(",", -1)).hasSameSizeAs(lines.get(0).split(",", -1));
        assertThat(lines.get(1)).contains(",a,Q4_K_M,passed,");
    }

    /** Runs three models of all fates and returns what is printed, without the run's random id. */
    private void runThree(String width) {
        columns = width;
        server.model("/models/SmolLM2-135M-Instruct.Q4_1.gguf", 0.098).model("qwq:32b", 19.9);
        server.failOnce("load qwq:32b", new ServerFailure.OutOfMemory("qwq:32b", "cudaMalloc"));
        server.retains(Bytes.gb(0.2));
        assertThat(bench("--iterations=3")).isEqualTo(1);
    }

    private static String withoutId(StringWriter text) {
        return text.toString().replaceAll("[0-9]{8}-[0-9]{6}-[0-9a-f]{4}", "RUN");
    }

    @Test
    void result_width80_isThis() {
        runThree("80");
        assertThat(withoutId(out))
                .isEqualTo(
                        """
                        Ollama 0.33.0 at http://127.0.0.1:11434, run RUN
                        model                       load s  TTFT ms  prompt tok/s  decode tok/s  verdict
                        SmolLM2-135M-Instruct.Q4_1    2.00      200           500   50.0 ± 0.00  passed
                        a                             2.00      200           500   50.0 ± 0.00  passed
                        qwq:32b                          –        –             –             –  failed
                          qwq:32b failed: Memory ran out for the model 'qwq:32b': cudaMalloc.
                          SmolLM2-135M-Instruct.Q4_1 was unloaded, but 191 MiB had not come back ten
                            seconds later.
                          a was unloaded, but 191 MiB had not come back ten seconds later.
                        """);
    }

    @Test
    void result_width200_isThis() {
        runThree("200");
        assertThat(withoutId(out))
                .isEqualTo(
                        """
                        Ollama 0.33.0 at http://127.0.0.1:11434, run RUN
                        model                       quant   load s  TTFT ms  prompt tok/s  decode tok/s  (min–max)    server tok/s  memory GiB  on GPU %  clean-up      verdict
                        SmolLM2-135M-Instruct.Q4_1  Q4_K_M    2.00      200           500   50.0 ± 0.00  (50.0–50.0)          50.0         0.1        50  kept 191 MiB  passed
                        a                           Q4_K_M    2.00      200           500   50.0 ± 0.00  (50.0–50.0)          50.0         0.9        50  kept 191 MiB  passed
                        qwq:32b                     Q4_K_M       –        –             –             –                          –           –         –  clean         failed
                          qwq:32b failed: Memory ran out for the model 'qwq:32b': cudaMalloc.
                          SmolLM2-135M-Instruct.Q4_1 was unloaded, but 191 MiB had not come back ten seconds later.
                          a was unloaded, but 191 MiB had not come back ten seconds later.
                        """);
    }

    @Test
    void plan_width80_isThis() {
        runThree("80");
        assertThat(withoutId(err))
                .startsWith(
                        """
                        Plan for Ollama 0.33.0 at http://127.0.0.1:11434: 3 models, about 9 min (a guess
                            before anything is measured)
                          model                          file      expected GiB  before it
                          SmolLM2-135M-Instruct.Q4_1  98.0 MB     0.1 (0.1–0.1)  memory freed
                          a                            1.0 GB     0.9 (0.9–0.9)  memory freed
                          qwq:32b                     19.9 GB  18.5 (18.5–18.5)  memory freed
                          Restarts: not possible. There is no means.
                        Checklist
                          ✓ server: Ollama 0.33.0 answers at http://127.0.0.1:11434
                          ✓ memory: 59.8 GiB available of 64.0 GiB
                          ✓ loaded: no model is in memory
                          ✓ server memory: 200 MiB
                          ✓ other users: no other process holds more than 1 GiB
                          ✓ swap: 0 B of 8.0 GiB used
                          ✓ heat: no zone is hot
                        Kept in\
                        """);
    }

    @Test
    void csv_pathAsName_keepsTheWholeName() {
        server.model("/models/a, b.gguf", 2);
        assertThat(bench("--iterations=1", "--csv")).isZero();
        assertThat(out.toString()).contains(",\"/models/a, b.gguf\",");
    }

    private BenchPlan plan() throws Exception {
        return Planner.plan(
                new BenchContext(
                        server,
                        clock,
                        host,
                        control,
                        ESTIMATOR,
                        BenchContext.CachedShares.unknown(""),
                        ""),
                BenchRequest.defaults());
    }

    private boolean consent(Terminal terminal, String typed) throws Exception {
        return new Consent(
                        terminal,
                        new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)),
                        new PrintWriter(err, true),
                        false)
                .toRestart(plan(), BenchRequest.defaults(), false);
    }

    @Test
    void consent_personSaysYes_isGivenOnceForAll() throws Exception {
        for (String yes : List.of("y\n", "YES\n", " y \r\n")) {
            assertThat(consent(PERSON, yes)).isTrue();
        }
        assertThat(err.toString()).contains("Go on? [y/N]");
    }

    @Test
    void consent_personSaysAnythingElse_isRefused() {
        for (String no : List.of("\n", "n\n", "", "yesterday\n")) {
            assertThatThrownBy(() -> consent(PERSON, no))
                    .isInstanceOfSatisfying(
                            UserError.class, e -> assertThat(e.code()).isEqualTo(ExitCode.REFUSED));
        }
    }

    @Test
    void consent_nobodyThereAndNothingToAllow_goesOnWithoutRestarts() throws Exception {
        control.can = true;
        assertThat(consent(PIPE, "y\n")).isFalse();
        assertThat(err.toString()).contains("not restarted, not even after a failure");
    }

    @Test
    void plan_width80_hasNoLongerLine() throws Exception {
        server.model("a-model-with-quite-a-long-name:70b-instruct-q4_K_M", 41).alreadyLoaded("a");
        host.usedByOthers = Bytes.gib(40);
        StringWriter text = new StringWriter();
        new BenchView(PERSON).plan(new PrintWriter(text, true), plan());
        assertThat(text.toString()).contains("larger than 40.0 GB");
        assertThat(text.toString().lines()).allMatch(line -> line.length() <= 80);
    }
}
