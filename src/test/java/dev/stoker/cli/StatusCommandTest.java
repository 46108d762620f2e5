package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuCollector;
import dev.stoker.gpu.GpuDevice;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuReport;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuSource;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.GpuVendor;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.host.HostMemory;
import dev.stoker.host.HostProcess;
import dev.stoker.host.HostSample;
import dev.stoker.host.HostSource;
import dev.stoker.host.Launch;
import dev.stoker.host.MemoryUser;
import dev.stoker.host.ProcessSampler;
import dev.stoker.host.Throttling;
import dev.stoker.host.TreeMemory;
import dev.stoker.http.Endpoint;
import dev.stoker.json.Json;
import dev.stoker.machine.MachineWatch;
import dev.stoker.machine.ServerLook;
import dev.stoker.server.ApiKey;
import dev.stoker.server.LoopbackServer;
import dev.stoker.server.state.AskPolicy;

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
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code stoker status} on servers, GPUs and a host that were put together here. */
class StatusCommandTest {
    private static final long RUNNER = 4001;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<GpuSample> gpus = new ArrayList<>();
    private final Map<String, String> env = new HashMap<>();
    private Optional<GpuTrouble> trouble = Optional.empty();
    private Bytes available = Bytes.gib(50);
    private Reading<Launch> launch =
            Reading.known(
                    new Launch(
                            List.of("serve"),
                            Reading.known(
                                    Map.of(
                                            "OLLAMA_KEEP_ALIVE",
                                            "1h",
                                            "OLLAMA_MODELS",
                                            "/models",
                                            "CUDA_VISIBLE_DEVICES",
                                            "0"))));

    @TempDir private Path root;

    /** A host on which one process listens, everywhere. */
    private final class Host implements HostSource {
        @Override
        public HostMemory memory() {
            return new HostMemory(
                    Reading.known(Bytes.gib(64)),
                    Reading.known(available),
                    Reading.known(Bytes.gib(3)),
                    Reading.known(Bytes.gib(40)),
                    Reading.known(Bytes.ZERO),
                    Reading.known(Bytes.ZERO));
        }

        @Override
        public Reading<HostProcess> listener(int port) {
            return Reading.known(new HostProcess(RUNNER, 1, "server", "server"));
        }

        @Override
        public Reading<Launch> launch(long pid) {
            return launch;
        }

        @Override
        public TreeMemory tree(long rootPid) {
            return new TreeMemory(
                    List.of(), Reading.failed("not asked"), "pss", Reading.failed("not asked"));
        }

        @Override
        public List<MemoryUser> largestUsers(int count) {
            return List.of();
        }

        @Override
        public Reading<Throttling> throttling() {
            return Reading.unsupported("not asked");
        }

        @Override
        public boolean isLocal() {
            return true;
        }
    }

    private final class Watcher implements MachineWatcher {
        @Override
        public MachineWatch open(Wanted wanted) {
            assertThat(wanted.wholeHost()).isTrue();
            GpuSource source =
                    new GpuSource() {
                        @Override
                        public String name() {
                            return "TEST";
                        }

                        @Override
                        public GpuReport sample() {
                            Reading<String> none = Reading.unsupported("not told");
                            return new GpuReport(
                                    name(),
                                    Clock.system().now(),
                                    Clock.system().nanos(),
                                    gpus,
                                    none,
                                    none,
                                    trouble);
                        }

                        @Override
                        public void close() {}
                    };
            return new MachineWatch(
                    new GpuCollector(List.of(source), Clock.system()),
                    () ->
                            HostSample.ofMemory(
                                    new Host().memory(), Clock.system().now(), 0, "not looked at"),
                    sampler(),
                    sampler(),
                    new ServerLook(
                            wanted.servers().stream().map(Endpoint::parse).toList(),
                            true,
                            ApiKey.none(),
                            new Host(),
                            AskPolicy.harmless(),
                            Clock.system()),
                    Clock.system());
        }

        @Override
        public HostSource hostOf(Endpoint server) {
            return new Host();
        }
    }

    private ProcessSampler sampler() {
        return new ProcessSampler(root.resolve("proc"), root.resolve("sys"), root, Clock.system());
    }

    @BeforeEach
    void process() throws IOException {
        env.put("COLUMNS", "80");
        Path process = Files.createDirectories(root.resolve("proc/" + RUNNER));
        Files.writeString(
                process.resolve("stat"),
                "4001 (llama-server) S 1 4001 4001 0 -1 0 0 0 0 0 7 3 0 0 20 0 1 0 500 0 0 0\n");
        Files.writeString(process.resolve("cmdline"), "llama-server\0-m\0/models/a.gguf\0");
        Files.writeString(process.resolve("status"), "Uid:\t0\t0\t0\t0\nVmRSS:\t 2097152 kB\n");
    }

    private int status(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        StatusCommand command = new StatusCommand(new Watcher(), env, Clock.system());
        CommandLine line = StokerCommand.commandLine(Map.of("status", () -> command), "status");
        line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        List<String> all = new ArrayList<>(List.of("status"));
        all.addAll(Arrays.asList(arguments));
        return line.execute(all.toArray(String[]::new));
    }

    private JsonNode json() throws IOException {
        JsonNode json = Json.parse(out.toString()).orElseThrow();
        Schema schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(Files.readString(Path.of("docs/schemas/status.schema.json")));
        assertThat(schema.validate(json)).isEmpty();
        return json;
    }

    private List<String> lines() {
        return out.toString().lines().toList();
    }

    private String lineOf(String text) {
        return lines().stream().filter(l -> l.contains(text)).findFirst().orElseThrow();
    }

    /** Returns the words without the breaks of the lines. */
    private String words() {
        return String.join(" ", lines()).replaceAll(" +", " ");
    }

    private static GpuSample.Builder board(int index) {
        return GpuSample.of(
                        new GpuDevice(
                                index,
                                Reading.known("NVIDIA Quadro P4000"),
                                Reading.known("GPU-" + index),
                                Reading.unsupported("not told"),
                                GpuVendor.NVIDIA,
                                false,
                                Reading.known("580")),
                        Instant.EPOCH,
                        1)
                .put(GpuMetric.UTILISATION, 37)
                .put(GpuMetric.MEMORY_USED, Bytes.gib(5).count())
                .put(GpuMetric.MEMORY_FREE, Bytes.gib(3).count())
                .put(GpuMetric.MEMORY_TOTAL, Bytes.gib(8).count())
                .put(GpuMetric.TEMPERATURE, 61)
                .put(GpuMetric.POWER, 71)
                .put(GpuMetric.POWER_LIMIT, 105)
                .throttleReasons(Reading.known(Set.of()))
                .processes(Reading.known(List.of()));
    }

    private static LoopbackServer ollama(String name, String expires, double gib, double onGpu) {
        String body =
                Json.write(
                        Json.object()
                                .set(
                                        "models",
                                        Json.array()
                                                .add(
                                                        Json.object()
                                                                .put("name", name)
                                                                .put("model", name)
                                                                .put("digest", "ab".repeat(32))
                                                                .put("size", Bytes.gib(gib).count())
                                                                .put(
                                                                        "size_vram",
                                                                        Bytes.gib(onGpu).count())
                                                                .put("context_length", 4096)
                                                                .put("expires_at", expires))));
        return new LoopbackServer()
                .on(
                        "GET /",
                        LoopbackServer.text(
                                "HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\nOllama is running"))
                .on("GET /api/version", LoopbackServer.json(200, "{\"version\":\"0.33.0\"}"))
                .on("GET /api/ps", LoopbackServer.json(200, body))
                .on("POST /api/show", LoopbackServer.json(200, "{\"modelfile\":\"FROM x\"}"));
    }

    private static LoopbackServer ollama() {
        return ollama("hermes3:8b", "2319-01-01T00:00:00Z", 6, 6);
    }

    @Test
    void text_oneOllamaOnAGpu_isOneScreenOfEverything() {
        gpus.add(board(0).build());
        try (LoopbackServer server = ollama()) {
            String url = server.endpoint().url();
            assertThat(status("--server", url)).isZero();
            assertThat(lineOf(url)).startsWith("Ollama 0.33.0").contains(" up ");
            assertThat(lineOf("hermes3:8b"))
                    .matches("hermes3:8b +loaded +6.0 GiB +GPU +4096 +– +never");
            assertThat(lineOf("Quadro P4000"))
                    .matches("0 Quadro P4000 +37% +61 +71/105 +8.0 +~6.0 +– +3.0");
            assertThat(lineOf("host memory")).matches("host memory +64.0 +– +– +47.0 +3.0");
            assertThat(words())
                    .contains(
                            "settings: OLLAMA_KEEP_ALIVE=1h, CUDA_VISIBLE_DEVICES=0; without:"
                                    + " OLLAMA_NUM_PARALLEL (1)");
            assertThat(lines()).hasSizeLessThanOrEqualTo(24);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 100, 120, 200})
    void text_anyWidth_fits(int width) {
        env.put("COLUMNS", Integer.toString(width));
        gpus.add(board(0).put(GpuMetric.TEMPERATURE, 85).build());
        gpus.add(board(1).build());
        try (LoopbackServer one = ollama();
                LoopbackServer two =
                        ollama("a-model-with-a-very-long-name:70b-instruct-q4_K_M", "", 40, 30)) {
            status("--server", one.endpoint().url(), "--server", two.endpoint().url());
            assertThat(lines())
                    .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(width));
            assertThat(words()).contains("GPU 0: 85 °C");
        }
    }

    @Test
    void text_expiry_isACountdown() {
        try (LoopbackServer server =
                ollama("a", Clock.system().now().plusSeconds(252).toString(), 6, 6)) {
            status("--server", server.endpoint().url());
            assertThat(lineOf("loaded")).containsPattern("in 4:(0|1)[0-9]$");
        }
    }

    @Test
    void text_split_isToldByShareOrByDevice() {
        gpus.add(
                board(0).processes(
                                Reading.known(
                                        List.of(
                                                GpuProcess.of(
                                                        RUNNER,
                                                        GpuProcess.Kind.COMPUTE,
                                                        Reading.known(Bytes.gib(4)),
                                                        "no"))))
                        .build());
        try (LoopbackServer split = ollama("a", "", 6, 4);
                LoopbackServer llama = llamaServer("[]")) {
            status("--server", split.endpoint().url());
            assertThat(lineOf("loaded")).contains("67% GPU, 33% CPU");
            status("--server", llama.endpoint().url());
            assertThat(lineOf("smol")).contains("4.0 GiB  GPU 0");
            assertThat(lineOf("Quadro")).matches("0 Quadro.* 8.0 +4.0 +1.0 +3.0");
            assertThat(lineOf("host memory")).matches("host memory +64.0 +2.0 +12.0 +47.0 +3.0");
        }
    }

    @Test
    void text_noServer_saysWhereItLookedAndIsNoFailure() {
        assertThat(status()).isZero();
        assertThat(words())
                .startsWith(
                        "No model server was found; looked at http://localhost:11434,"
                                + " http://localhost:8080")
                .contains("Name one with --server URL.", "No GPU was found.", "host memory");
    }

    @Test
    void text_settingsThatMayNotBeRead_haveAReason() {
        launch = Reading.known(new Launch(List.of(), Reading.failed("no permission")));
        try (LoopbackServer server = ollama()) {
            status("--server", server.endpoint().url());
            assertThat(words()).contains("settings: not known: no permission");
        }
    }

    @Test
    void text_hostileName_canNotMoveTheCursor() {
        try (LoopbackServer server = ollama("evil\u001b[2J", "", 6, 6)) {
            status("--server", server.endpoint().url());
            assertThat(out.toString()).doesNotContain("\u001b");
        }
    }

    private static LoopbackServer llamaServer(String... slots) {
        LoopbackServer server = new LoopbackServer();
        server.on("GET /", LoopbackServer.json(200, "{}"));
        server.on(
                "GET /props",
                LoopbackServer.json(
                        200,
                        "{\"total_slots\":1,\"build_info\":\"b10434-abc\",\"model_path\":"
                            + "\"/models/a.gguf\",\"default_generation_settings\":{\"n_ctx\":4096}}"));
        server.on("GET /health", LoopbackServer.json(200, "{\"status\":\"ok\"}"));
        server.on(
                "GET /v1/models",
                LoopbackServer.json(200, "{\"data\":[{\"id\":\"smol\",\"object\":\"model\"}]}"));
        server.on(
                "GET /slots",
                Arrays.stream(slots)
                        .map(s -> LoopbackServer.json(200, s))
                        .toArray(LoopbackServer.Answer[]::new));
        return server;
    }

    private static String busy(int decoded) {
        return "[{\"id\":0,\"is_processing\":true,\"id_task\":7,\"n_ctx\":4096,\"next_token\":"
                + "[{\"n_decoded\":"
                + decoded
                + ",\"n_remain\":500}]}]";
    }

    @Test
    void speed_requestsRun_isMeasuredBetweenTwoLooks() throws IOException {
        launch =
                Reading.known(
                        new Launch(
                                List.of("-np", "1", "-m", "/models/a.gguf"),
                                Reading.known(Map.of())));
        try (LoopbackServer server = llamaServer(busy(10), busy(40))) {
            assertThat(status("--json", "--server", server.endpoint().url())).isZero();
            JsonNode model = json().at("/models/0");
            assertThat(model.path("generated_tokens_per_second").doubleValue())
                    .isBetween(1.0, 101.0);
            assertThat(model.path("slots_busy").intValue()).isEqualTo(1);
        }
    }

    @Test
    void speed_nothingRuns_isLookedAtOnce() throws IOException {
        try (LoopbackServer server = ollama()) {
            status("--json", "--server", server.endpoint().url());
            assertThat(json().at("/models/0/generated_tokens_per_second").isNull()).isTrue();
            assertThat(server.asked()).filteredOn("GET /api/ps"::equals).hasSize(1);
        }
    }

    @Test
    void json_everything_holdsToTheSchema() throws IOException {
        gpus.add(
                board(0).throttleReasons(Reading.known(Set.of(ThrottleReason.POWER_BRAKE)))
                        .build());
        gpus.add(
                board(1).nothing("lost")
                        .trouble(new GpuTrouble(GpuTrouble.Kind.LOST, "It is lost.", "Reboot."))
                        .build());
        trouble = Optional.of(new GpuTrouble(GpuTrouble.Kind.FAILED, "Driver.", ""));
        available = Bytes.gib(2);
        try (LoopbackServer server = ollama("a", "2030-01-01T00:00:00Z", 6, 0)) {
            assertThat(status("--json", "--server", server.endpoint().url())).isEqualTo(1);
            JsonNode json = json();
            assertThat(json.at("/servers/0/version").stringValue()).isEqualTo("0.33.0");
            assertThat(json.at("/servers/0/settings/0/name").stringValue())
                    .isEqualTo("OLLAMA_KEEP_ALIVE");
            assertThat(json.at("/models/0/on_gpu_bytes").longValue()).isZero();
            assertThat(json.at("/models/0/expires_at").stringValue())
                    .isEqualTo("2030-01-01T00:00:00Z");
            assertThat(json.at("/gpus/0/budget/total_bytes").longValue())
                    .isEqualTo(Bytes.gib(8).count());
            assertThat(json.at("/gpus/1/utilization_percent").isNull()).isTrue();
            assertThat(json.at("/gpus/1/unavailable/utilization_percent").stringValue())
                    .isEqualTo("lost");
            assertThat(json.path("alerts").valueStream().map(a -> a.path("rule").stringValue()))
                    .contains("gpu-fault", "gpu-throttled", "cpu-fallback", "host-memory-high");
        }
    }

    @Test
    void json_nothingAtAll_holdsToTheSchema() throws IOException {
        assertThat(status("--json")).isZero();
        assertThat(json().path("looked_at").size()).isEqualTo(6);
    }

    @Test
    void csv_models_areOneLineEach() {
        try (LoopbackServer server = ollama()) {
            assertThat(status("--csv", "--server", server.endpoint().url())).isZero();
            assertThat(lines()).hasSize(2);
            assertThat(lines().getFirst()).startsWith("time,server,model,condition,total_bytes");
            assertThat(lines().getLast())
                    .contains(",hermes3:8b,loaded," + Bytes.gib(6).count() + ",")
                    .endsWith(",4096,,,2319-01-01T00:00:00Z");
        }
    }

    @Test
    void exit_namedServerThatCanNotBeReached_isThree_besideOneThatWorksOne() {
        try (LoopbackServer gone = ollama();
                LoopbackServer works = ollama()) {
            String down = gone.endpoint().url();
            gone.goAway();
            assertThat(status("--server", down)).isEqualTo(3);
            assertThat(lineOf(down)).contains("down");
            assertThat(words()).contains("could not be reached");
            assertThat(status("--server", down, "--server", works.endpoint().url())).isEqualTo(1);
        }
    }

    @Test
    void exit_warningsAlone_areZero() {
        gpus.add(board(0).put(GpuMetric.TEMPERATURE, 85).build());
        assertThat(status()).isZero();
        assertThat(words()).contains("! GPU 0: 85 °C");
    }

    @Test
    void alerts_manyOfOneKind_areOneParagraph() {
        for (int gpu = 0; gpu < 4; gpu++) {
            gpus.add(board(gpu).put(GpuMetric.TEMPERATURE, 85).build());
        }
        status();
        assertThat(words())
                .contains("GPU 0: 85 °C;", "The same holds for GPU 1, GPU 2, GPU 3.")
                .doesNotContain("GPU 1: 85");
    }

    @Test
    void rules_file_changesWhatIsSaid() throws IOException {
        gpus.add(board(0).put(GpuMetric.TEMPERATURE, 75).build());
        Path file = root.resolve("rules.yaml");
        Files.writeString(file, "rules: {gpu-temperature-high: {warning: 70, critical: 74}}\n");
        assertThat(status()).isZero();
        assertThat(status("--rules", file.toString())).isEqualTo(1);
        assertThat(words()).contains("GPU 0: 75 °C; the mark is 74 °C.");
    }

    @Test
    void rules_fileOfTheUser_isUsedWithoutBeingNamed() throws IOException {
        gpus.add(board(0).put(GpuMetric.TEMPERATURE, 75).build());
        Path folder = Files.createDirectories(root.resolve("config/stoker"));
        Files.writeString(
                folder.resolve("rules.yaml"), "rules: {gpu-temperature-high: {warning: 70}}\n");
        env.put("XDG_CONFIG_HOME", root.resolve("config").toString());
        status();
        assertThat(words()).contains("! GPU 0: 75 °C; the mark is 70 °C.");
    }

    @Test
    void rules_unknownKey_isRefusedWithItsLineAndTheNearest() throws IOException {
        Path file = Files.writeString(root.resolve("r.yaml"), "rules:\n  gpu-memory-hihg: off\n");
        assertThat(status("--rules", file.toString())).isEqualTo(2);
        assertThat(err.toString())
                .contains(
                        "line 2: the key 'gpu-memory-hihg' is not known",
                        "Did you mean 'gpu-memory-high'?");
    }

    @Test
    void showRules_always_printsAFileThatCanBeReadAgain() throws IOException {
        Path file = Files.writeString(root.resolve("r.yaml"), "rules: {swap-in-use: off}\n");
        assertThat(status("--show-rules", "--rules", file.toString())).isZero();
        String shown = out.toString();
        assertThat(shown).contains("  swap-in-use: off\n", "    warning: 80%\n");
        Path again = Files.writeString(root.resolve("again.yaml"), shown);
        status("--show-rules", "--rules", again.toString());
        assertThat(out.toString()).isEqualTo(shown);
    }

    @Test
    void options_jsonAndCsv_excludeEachOther() {
        assertThat(status("--json", "--csv")).isEqualTo(2);
        assertThat(err.toString()).contains("exclude each other");
    }
}
