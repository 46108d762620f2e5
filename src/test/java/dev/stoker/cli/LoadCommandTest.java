package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.history.Run;
import dev.stoker.history.RunStore;
import dev.stoker.history.Stores;
import dev.stoker.history.Subject;
import dev.stoker.history.jdbc.JdbcStores;
import dev.stoker.json.Json;
import dev.stoker.load.LoadRuns;
import dev.stoker.server.ApiKey;
import dev.stoker.server.LoopbackServer;
import dev.stoker.server.ServerConnection;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.ServerKind;
import dev.stoker.server.openai.OpenAiServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** The command as a user sees it: exit codes, JSON by its schema, CSV, table, refusals. */
@Timeout(60)
class LoadCommandTest {
    private static final String MODELS =
            "{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"object\":\"model\"}]}";
    private static final String ANSWER =
            "data: {\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\" a\"},"
                    + "\"finish_reason\":null}]}\n\n"
                    + "data: {\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\" b\"},"
                    + "\"finish_reason\":\"length\"}]}\n\n"
                    + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":40,"
                    + "\"completion_tokens\":2}}\n\ndata: [DONE]\n\n";

    private final LoopbackServer server = new LoopbackServer();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    @TempDir private Path folder;

    LoadCommandTest() {
        server.on("GET /v1/models", LoopbackServer.json(200, MODELS));
        server.on("POST /v1/chat/completions", good());
    }

    private static LoopbackServer.Sequence good() {
        return LoopbackServer.text(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
                        + ANSWER);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Stores stores() {
        return new JdbcStores(Map.of("STOKER_STORE", folder.resolve("runs.db").toString()));
    }

    private int load(String... arguments) {
        return load(ServerKind.VLLM, arguments);
    }

    private int load(ServerKind kind, String... arguments) {
        ServerIdentity identity =
                new ServerIdentity(
                        kind, Reading.known("0.11.0"), server.endpoint(), Optional.empty());
        ServerConnection connection =
                new ServerConnection(kind, server.endpoint(), Clock.system(), ApiKey.none());
        LoadCommand command =
                new LoadCommand(
                        (_, _) -> new OpenAiServer(identity, connection), stores(), Map.of());
        CommandLine line = StokerCommand.commandLine(Map.of("load", () -> command), "load");
        line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        List<String> all = new ArrayList<>(List.of("load", "--results", folder.toString()));
        all.addAll(Arrays.asList(arguments));
        return line.execute(all.toArray(String[]::new));
    }

    private JsonNode json() throws IOException {
        JsonNode json = Json.parse(out.toString()).orElseThrow();
        Schema schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(Files.readString(Path.of("docs/schemas/load.schema.json")));
        assertThat(schema.validate(json)).isEmpty();
        return json;
    }

    @Test
    void json_ofOneLoad_isAsTheSchemaSays() throws IOException {
        assertThat(load("-c", "4", "-n", "70", "--json", "--slo", "ttft=5s")).isZero();
        JsonNode json = json();
        assertThat(json.at("/requests/sent").intValue()).isEqualTo(70);
        assertThat(json.at("/requests/ok").intValue()).isEqualTo(70);
        assertThat(json.at("/output_tokens").intValue()).isEqualTo(140);
        assertThat(json.at("/prompt_tokens").intValue()).isEqualTo(2800);
        assertThat(json.at("/ttft_ms/n").intValue()).isEqualTo(70);
        assertThat(json.at("/ttft_ms/p90").isNumber()).isTrue();
        assertThat(json.at("/ttft_ms/p99").isNull()).isTrue();
        assertThat(json.at("/goodput").doubleValue()).isEqualTo(1);
        assertThat(json.at("/client/bottleneck").isBoolean()).isTrue();
        assertThat(json.at("/steps").size()).isEqualTo(1);
    }

    @Test
    void json_ofSeveralLoads_hasTheirSumsAndNoLatenciesAtTheTop() throws IOException {
        assertThat(load("m", "-c", "1,2", "-n", "5", "--json")).isZero();
        JsonNode json = json();
        assertThat(json.at("/requests/sent").intValue()).isEqualTo(10);
        assertThat(json.at("/output_tokens").intValue()).isEqualTo(20);
        assertThat(json.has("ttft_ms")).isFalse();
        assertThat(json.at("/steps/1/concurrency").intValue()).isEqualTo(2);
        assertThat(json.at("/steps/1/ttft_ms/n").intValue()).isEqualTo(5);
    }

    @Test
    void failedRequests_always_giveExitCodeOne() throws IOException {
        AtomicInteger n = new AtomicInteger();
        server.on(
                "POST /v1/chat/completions",
                to -> {
                    boolean fails = n.incrementAndGet() % 4 == 0;
                    (fails ? LoopbackServer.json(500, "{\"error\":\"no\"}") : good()).write(to);
                });
        assertThat(load("-c", "2", "-n", "20", "--json")).isEqualTo(1);
        JsonNode json = json();
        assertThat(json.at("/requests/failed").intValue()).isEqualTo(5);
        assertThat(json.at("/failures/bad-answer").intValue()).isEqualTo(5);
    }

    @Test
    void sweep_withObjectives_findsAKneeAndARate() throws IOException {
        assertThat(
                        load(
                                "--sweep",
                                "--duration",
                                "200ms",
                                "--warmup",
                                "0",
                                "--slo",
                                "ttft_p50=10s",
                                "--json"))
                .isZero();
        JsonNode json = json();
        assertThat(json.at("/sweep/knee_concurrency").isIntegralNumber()).isTrue();
        assertThat(json.at("/sweep/highest_rate_per_second").isNumber()).isTrue();
    }

    @Test
    void trace_always_sendsWhatWasRecorded() throws IOException {
        Path trace = folder.resolve("trace.jsonl");
        Files.writeString(
                trace,
                "{\"at\":10,\"prompt\":\"one\",\"max_tokens\":7}\n"
                        + "{\"timestamp\":10050,\"input_length\":40,\"output_length\":9}\n");
        assertThat(load("--trace", trace.toString(), "--json")).isZero();
        assertThat(json().at("/requests/sent").intValue()).isEqualTo(2);
        List<String> bodies =
                server.questions().stream()
                        .filter(q -> q.target().equals("/v1/chat/completions"))
                        .map(LoopbackServer.Question::body)
                        .toList();
        // The last two: what came before them found out how long a prompt gets.
        assertThat(bodies.get(bodies.size() - 2))
                .contains("\"content\":\"one\"")
                .contains("\"max_tokens\":7");
        assertThat(bodies.getLast()).contains("\"max_tokens\":9");
    }

    @Test
    void conversations_always_carryTheAnswersOn() {
        assertThat(load("-c", "1", "-n", "3", "--turns", "3")).isZero();
        String third = server.questions().getLast().body();
        assertThat(third).contains("\"role\":\"assistant\",\"content\":\" a b\"");
        assertThat(third.split("\"role\":\"user\"", -1)).hasSize(4);
    }

    @Test
    void table_ofAnOpenLoop_showsBothClocks() {
        assertThat(load("--rate", "100", "-n", "4")).isZero();
        assertThat(out.toString())
                .contains("100/s poisson", "4 sent, 4 ok, 0 failed", "TTFT", "from send")
                .contains("Dispatch delay");
    }

    @Test
    void table_ofAClosedLoop_showsOneClockAndTheDelay() {
        assertThat(load("-c", "1", "-n", "40")).isZero();
        assertThat(out.toString())
                .contains("1 user", "40 sent, 40 ok, 0 failed", "TTFT", "Dispatch delay")
                .doesNotContain("from send");
    }

    @Test
    void load_always_isInTheStoreAndCanBeComparedWith() throws IOException {
        assertThat(load("-c", "1,2", "-n", "30")).isZero();
        String id;
        try (RunStore store = stores().open("", Stores.Access.LOOK)) {
            Run run = store.get(store.list(1).getFirst().id()).orElseThrow();
            id = run.id();
            assertThat(run.kind()).isEqualTo("load");
            assertThat(run.complete()).isTrue();
            assertThat(run.subjects())
                    .extracting(Subject::name)
                    .containsExactly("m at 1 user", "m at 2 users");
            assertThat(run.setting().fact("server").value()).isEqualTo("vLLM 0.11.0");
            assertThat(run.setting().fact("model").value()).isEqualTo("m");
            assertThat(run.setting().fact("requests").value()).isEqualTo("30");
            assertThat(LoadRuns.summary(store, id).orElseThrow().ok()).isEqualTo(60);
        }
        assertThat(err.toString()).contains("stoker compare RUN " + id);
        out.getBuffer().setLength(0);
        // Requests of a millisecond may take twice as long on a busy machine: either verdict will
        // do.
        assertThat(load("-c", "2", "-n", "30", "--baseline", id, "--threshold", "99%")).isIn(0, 1);
        assertThat(out.toString())
                .contains("A  " + id, "m at 2 users", "output tok/s", "Only in A: m at 1 user");
    }

    @Test
    void baseline_unknown_isRefusedBeforeAnythingIsSent() {
        assertThat(load("-n", "2", "--baseline", "nothing")).isEqualTo(2);
        assertThat(load("-n", "2", "--threshold", "5%")).isEqualTo(2);
        assertThat(server.questions()).isEmpty();
    }

    @Test
    void baseline_whereNothingFails_failuresAreARegression() {
        assertThat(load("-c", "1", "-n", "6")).isZero();
        server.on("POST /v1/chat/completions", LoopbackServer.json(500, "{}"), good());

        int code = load("-c", "1", "-n", "6", "--baseline", "latest");

        assertThat(code).isEqualTo(1);
        assertThat(out.toString()).contains("passed in A, failed in B");
    }

    @Test
    void store_thatCanNotBeWritten_costsARemarkOnly() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");

        assertThat(load("-n", "2", "--store", file.resolve("runs.db").toString())).isZero();

        assertThat(err.toString()).contains("! All that was measured is in its folder");
        assertThat(out.toString()).contains("2 sent, 2 ok");
    }

    @Test
    void ignoreEos_whereTheServerCanNot_isRefused() {
        assertThat(load(ServerKind.OPENAI, "m", "-c", "1", "-n", "1", "--ignore-eos")).isEqualTo(2);
        assertThat(err.toString()).contains("can not be told to go on");
        assertThat(server.asked()).doesNotContain("POST /v1/chat/completions");
        assertThat(load(ServerKind.VLLM, "m", "-c", "1", "-n", "1", "--ignore-eos")).isZero();
    }

    @Test
    void csv_always_hasALineALoad() {
        assertThat(load("-c", "1,2", "-n", "2", "--csv")).isZero();
        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(lines).allMatch(l -> l.split(",", -1).length == lines.get(0).split(",").length);
    }

    @Test
    void serverThatIsGone_always_givesExitCodeThree() {
        server.goAway();
        assertThat(load("m", "-c", "1", "-n", "3")).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-c 0",
                "-c 1 --rate 5",
                "--rate 0",
                "--rate -1",
                "--arrivals poisson",
                "-n 0",
                "--duration 0s",
                "--slo nonsense",
                "--slo ttft_p95=soon",
                "--max-error-rate 2",
                "--shared-prefix 200%",
                "--prompts /no/such/file",
                "--trace /no/such/file",
                "--image /no/such/file",
                "--max-tokens 0",
                "--turns 0",
                "--sweep -n 5",
                "--json --csv",
                "--max-in-flight 3",
            })
    void wrongUse_always_givesExitCodeTwoAndSaysWhatWasExpected(String arguments) {
        assertThat(load(arguments.split(" "))).isEqualTo(2);
        assertThat(err.toString()).startsWith("stoker: ");
        assertThat(server.asked()).doesNotContain("POST /v1/chat/completions");
    }
}
