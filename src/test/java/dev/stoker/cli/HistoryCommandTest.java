package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import dev.stoker.history.Run;
import dev.stoker.history.RunStore;
import dev.stoker.history.Runs;
import dev.stoker.history.Stores;
import dev.stoker.history.jdbc.JdbcStores;
import dev.stoker.json.Json;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** {@code stoker history} and {@code stoker compare} from their words to their exit codes. */
class HistoryCommandTest {
    private static final String OLD = "20261121-080000-00aa";
    private static final String NEW = "20261122-080000-00bb";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private String columns = "80";
    private Path folder;

    @BeforeEach
    void runs(@TempDir Path folder) {
        this.folder = folder;
        put(Runs.decoding(OLD, 1_800_000_000_000L, 36.9, 37.1, 37.0));
        put(Runs.decoding(NEW, 1_800_086_400_000L, 29.5, 29.7, 29.6));
    }

    private void put(Run run) {
        try (RunStore store = stores().open("", Stores.Access.CHANGE)) {
            store.put(run, Stream.of(Runs.request("phi4:14b", 1), Runs.request("phi4:14b", 2)));
        }
    }

    private Stores stores() {
        return new JdbcStores(Map.of("STOKER_STORE", folder.resolve("runs.db").toString()));
    }

    private int stoker(String... words) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        Map<String, String> env = Map.of("COLUMNS", columns);
        Map<String, Supplier<Object>> verbs =
                Map.of(
                        "history", () -> new HistoryCommand(stores(), env),
                        "compare", () -> new CompareCommand(stores(), env));
        String[] all = StokerCommand.words(words);
        CommandLine line = StokerCommand.commandLine(verbs, all);
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return line.execute(all);
    }

    private JsonNode valid(String schema) {
        JsonNode json = Json.parse(out.toString()).orElseThrow();
        try {
            String text = Files.readString(Path.of("docs/schemas/" + schema + ".schema.json"));
            assertThat(
                            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                                    .getSchema(text)
                                    .validate(json))
                    .isEmpty();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return json;
    }

    @ParameterizedTest
    @ValueSource(strings = {"80", "200"})
    void list_anyWidth_newestFirstAndNoLineTooLong(String width) {
        columns = width;
        stoker("history", "tag", OLD, "baseline");

        assertThat(stoker("history", "list")).isZero();
        assertThat(out.toString().lines())
                .hasSize(3)
                .allMatch(line -> line.length() <= Integer.parseInt(width));
        assertThat(out.toString().lines().toList().get(1)).startsWith(NEW).contains("phi4:14b");
        assertThat(out.toString().lines().toList().get(2)).contains("baseline");
    }

    @Test
    void history_withoutACommand_lists() {
        assertThat(stoker("history")).isZero();
        assertThat(out.toString().lines()).hasSize(3);
        assertThat(stoker("history", "--limit", "1")).isZero();
        assertThat(out.toString().lines()).hasSize(2);
        assertThat(stoker("history", "no-such-command")).isEqualTo(2);
        assertThat(stoker("history", "--no-such-option")).isEqualTo(2);
        assertThat(stoker("history", "--help")).isZero();
        assertThat(out.toString()).contains("RUN is an id");
    }

    @Test
    void list_jsonAndCsv_asTheSchemaSays() {
        assertThat(stoker("history", "list", "--json")).isZero();
        assertThat(valid("history").at("/runs/0/id").stringValue()).isEqualTo(NEW);
        assertThat(stoker("history", "list", "--csv", "--limit=1")).isZero();
        assertThat(out.toString().lines()).hasSize(2);
        assertThat(stoker("history", "list", "--limit=0")).isEqualTo(2);
        assertThat(stoker("history", "list", "--json", "--csv")).isEqualTo(2);
    }

    @Test
    void list_storeThatIsNotThere_saysSoAndMakesNone() {
        Path none = folder.resolve("none/runs.db");

        assertThat(stoker("history", "list", "--store", none.toString())).isZero();
        assertThat(err.toString()).contains("There is no run in " + none + " yet.");
        assertThat(none.getParent()).doesNotExist();
    }

    @Test
    void show_aRun_settingAndFigures() {
        assertThat(stoker("history", "show", "20261121")).isZero();
        assertThat(out.toString())
                .contains(OLD, "Ollama 0.33.0", "– (no GPU was found)", "Q4_K_M", "decode tok/s")
                .contains("37.0");
        assertThat(stoker("history", "show", "latest", "--json")).isZero();
        assertThat(valid("run").at("/id").stringValue()).isEqualTo(NEW);
        assertThat(stoker("history", "show", "latest", "--csv")).isZero();
        assertThat(out.toString())
                .contains(NEW + ",phi4:14b,decode_tokens_per_second,iteration 1,29.5");
    }

    @Test
    void show_nameOfNoneOrSeveral_saysWhichThereAre() {
        assertThat(stoker("history", "show", "nothing")).isEqualTo(2);
        assertThat(err.toString()).contains("There is no run 'nothing'", NEW);
        assertThat(stoker("history", "show", "2026112")).isEqualTo(2);
        assertThat(err.toString()).contains("the beginning of several", OLD, NEW);
    }

    @Test
    void tag_andNote_areSeenAndTakenAway() {
        assertThat(stoker("history", "tag", "latest", "baseline")).isZero();
        assertThat(stoker("history", "tag", OLD, "baseline")).isZero();
        assertThat(err.toString()).contains(OLD + " is baseline, which was " + NEW);
        assertThat(stoker("history", "note", "baseline", "before", "the", "driver")).isZero();
        stoker("history", "show", "baseline");
        assertThat(out.toString()).contains("tags: baseline", "note: before the driver");
        assertThat(stoker("history", "untag", "baseline")).isZero();
        assertThat(stoker("history", "untag", "baseline")).isEqualTo(2);
        assertThat(stoker("history", "note", OLD)).isZero();
        stoker("history", "show", OLD);
        assertThat(out.toString()).doesNotContain("note:", "tags:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"latest", "", "two words", "-x", "a/b"})
    void tag_thatCanBeMisread_refused(String tag) {
        assertThat(stoker("history", "tag", OLD, "--", tag)).isEqualTo(2);
    }

    @Test
    void export_thenImportElsewhere_sameRun() {
        Path file = folder.resolve("both.jsonl");
        String other = folder.resolve("other.db").toString();
        stoker("history", "tag", OLD, "baseline");

        assertThat(stoker("history", "export", "latest", "baseline", "--to", file.toString()))
                .isZero();
        assertThat(stoker("history", "import", file.toString(), "--store", other)).isZero();
        try (RunStore here = stores().open("", Stores.Access.LOOK);
                RunStore there = stores().open(other, Stores.Access.LOOK)) {
            assertThat(there.get(OLD)).isEqualTo(here.get(OLD)).isPresent();
            assertThat(there.get(NEW)).isEqualTo(here.get(NEW)).isPresent();
        }
        assertThat(stoker("history", "show", file.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("holds 2 runs, and one is needed");
    }

    @Test
    void import_whatIsNoRun_oneSentenceAndNothingIsKept() throws IOException {
        Path torn = folder.resolve("torn.jsonl");
        stoker("history", "export", OLD);
        String text = out.toString();
        Files.writeString(torn, text.substring(0, text.length() - 30));
        String other = folder.resolve("other.db").toString();

        assertThat(stoker("history", "import", torn.toString(), "--store", other)).isEqualTo(2);
        assertThat(err.toString()).contains("can not be used: line 3: no JSON");
        try (RunStore there = stores().open(other, Stores.Access.LOOK)) {
            assertThat(there.list(5)).isEmpty();
        }
        assertThat(stoker("history", "import", folder.toString())).isEqualTo(2);
        assertThat(stoker("history", "import", folder.resolve("no").toString())).isEqualTo(2);
    }

    @Test
    void delete_withoutAYes_refused() {
        assertThat(stoker("history", "delete", OLD)).isEqualTo(4);
        assertThat(err.toString()).contains("Add --yes");
        assertThat(stoker("history", "delete", OLD, "--yes")).isZero();
        assertThat(stoker("history", "show", OLD)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"80", "200"})
    void compare_slowerRun_tableAndEndsWithOne(String width) {
        columns = width;
        assertThat(stoker("compare", OLD, NEW)).isEqualTo(1);
        assertThat(out.toString())
                .contains("Setting: nothing that was noted differs.")
                .contains("-20.0%", "worse")
                .contains("Worse: decode tok/s of phi4:14b by -20.0%.");
        assertThat(out.toString().lines())
                .allMatch(line -> line.length() <= Integer.parseInt(width));
        assertThat(stoker("compare", NEW, OLD)).isZero();
        assertThat(out.toString()).contains("Better: decode tok/s of phi4:14b by +25.0%.");
    }

    @Test
    void compare_thresholdAboveTheChange_endsWithZero() {
        assertThat(stoker("compare", OLD, NEW, "--threshold", "30%")).isZero();
        assertThat(stoker("compare", OLD, NEW, "--threshold", "19")).isEqualTo(1);
        assertThat(stoker("compare", OLD, NEW, "--threshold", "much")).isEqualTo(2);
    }

    @Test
    void compare_json_asTheSchemaSays() {
        put(
                Runs.run(
                        "20261123-080000-00cc",
                        1_800_172_800_000L,
                        Runs.subject(
                                "phi4:14b",
                                Runs.series(Runs.DECODE, 1_800_172_800_000L),
                                Runs.series(Runs.TTFT, 1_800_172_800_000L, 100))));

        assertThat(stoker("compare", OLD, NEW, "--json")).isEqualTo(1);
        JsonNode json = valid("compare");
        assertThat(json.at("/verdict").stringValue()).isEqualTo("worse");
        assertThat(json.at("/metrics/0/name").stringValue()).isEqualTo("decode_tokens_per_second");
        assertThat(json.at("/metrics/0/a").doubleValue()).isEqualTo(37.0);
        assertThat(json.at("/metrics/0/ci95/0").doubleValue()).isLessThan(-20);
        assertThat(stoker("compare", OLD, "latest", "--json")).isZero();
        assertThat(valid("compare").at("/metrics/0/unknown/b").stringValue())
                .isEqualTo("no request ended well");
    }

    @Test
    void compare_csv_oneLineAFigure() {
        assertThat(stoker("compare", OLD, NEW, "--csv")).isEqualTo(1);
        assertThat(out.toString().lines()).hasSize(2).anyMatch(l -> l.contains(",worse,"));
    }

    @Test
    void compare_withoutNames_baselineAgainstLatest() {
        assertThat(stoker("compare")).isEqualTo(2);
        assertThat(err.toString()).contains("There is no run 'baseline'");
        stoker("history", "tag", OLD, "baseline");
        assertThat(stoker("compare")).isEqualTo(1);
    }

    @Test
    void compare_filesAndNamedFigures_work() {
        String file = folder.resolve("old.jsonl").toString();
        stoker("history", "export", OLD, "--to", file);

        assertThat(stoker("compare", file, "latest")).isEqualTo(1);
        assertThat(stoker("compare", file, "latest", "--metric", "decode_tokens_per_second"))
                .isEqualTo(1);
        assertThat(stoker("compare", file, "latest", "--metric", "speed")).isEqualTo(2);
        assertThat(err.toString()).contains("They have: decode_tokens_per_second");
    }

    @Test
    void compare_otherModels_saysThatTheyHaveNoneInCommon() {
        put(Runs.run("x", 1, Runs.subject("other", Runs.series(Runs.DECODE, 1, 2, 3))));

        assertThat(stoker("compare", OLD, "x")).isEqualTo(2);
        assertThat(err.toString()).contains("nothing in common: A has phi4:14b, B has other");
    }

    @Test
    void compare_otherSetting_isSaidFirst() {
        Run run = Runs.decoding("y", 1_800_172_800_000L, 37, 37.1, 36.9);
        put(
                new Run(
                        "y",
                        "bench",
                        run.startedEpochMillis(),
                        true,
                        false,
                        Runs.setting("host", "thor", "server", "Ollama 0.33.0", "gpu", "H100"),
                        run.subjects(),
                        List.of(),
                        ""));

        assertThat(stoker("compare", OLD, "y")).isZero();
        assertThat(out.toString())
                .contains("Setting, what differs:", "box → thor", "– (no GPU was found) → H100");
        assertThat(out.toString().indexOf("thor")).isLessThan(out.toString().indexOf("figure"));
    }
}
