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
import dev.stoker.gpu.GpuUnit;
import dev.stoker.gpu.GpuVendor;
import dev.stoker.gpu.MigInstance;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.host.HostSample;
import dev.stoker.host.HostSource;
import dev.stoker.host.NoHost;
import dev.stoker.host.ProcHost;
import dev.stoker.host.ProcessSampler;
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
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code stoker gpu} on samples that were put together here: every way to print them. */
class GpuCommandTest {
    private static final Instant TIME =
            LocalDateTime.parse("2026-11-23T01:02:03.456")
                    .atZone(ZoneId.systemDefault())
                    .toInstant();
    private static final String DASH = "–";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<GpuSample> gpus = new ArrayList<>();
    private Optional<GpuTrouble> trouble = Optional.empty();
    private Map<String, String> env = Map.of("COLUMNS", "80");

    @TempDir private Path root;

    @BeforeEach
    void processes() throws IOException {
        Path process = Files.createDirectories(root.resolve("proc/4001"));
        Files.writeString(
                process.resolve("stat"),
                "4001 (llama-server) S 1 4001 4001 0 -1 0 0 0 0 0 7 3 0 0 20 0 1 0 500 0 0 0\n");
        Files.writeString(process.resolve("cmdline"), "llama-server\0-m\0/models/a.gguf\0");
        Files.writeString(
                process.resolve("status"), "Uid:\t1000\t1000\t1000\t1000\nVmRSS:\t 9 kB\n");
        Files.writeString(
                process.resolve("cgroup"),
                "0::/system.slice/docker-" + "ab".repeat(32) + ".scope\n");
        Files.createDirectories(root.resolve("etc"));
        Files.writeString(root.resolve("etc/passwd"), "carol:x:1000:1000::/home/carol:/bin/sh\n");
        Files.writeString(
                root.resolve("proc/meminfo"),
                "MemTotal: 131072000 kB\nMemFree: 1048576 kB\nMemAvailable: 65536000 kB\n"
                        + "Cached: 2048 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n");
    }

    private int gpu(String... arguments) {
        GpuSource source =
                new GpuSource() {
                    @Override
                    public String name() {
                        return "TEST";
                    }

                    @Override
                    public GpuReport sample() {
                        return new GpuReport(
                                name(),
                                TIME,
                                Clock.system().nanos(),
                                gpus,
                                Reading.known("580.65.06"),
                                Reading.known("13.0"),
                                trouble);
                    }

                    @Override
                    public void close() {}
                };
        HostSource host = new ProcHost(root.resolve("proc"), root.resolve("sys"));
        MachineWatcher machines =
                wanted ->
                        new MachineWatch(
                                new GpuCollector(List.of(source), Clock.system()),
                                () ->
                                        HostSample.ofMemory(
                                                host.memory(), TIME, 0, "only the memory"),
                                sampler(),
                                sampler(),
                                look(wanted.servers(), host),
                                Clock.system());
        GpuCommand command = new GpuCommand(machines, env, Clock.system());
        CommandLine line = StokerCommand.commandLine(Map.of("gpu", () -> command), "gpu");
        line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        List<String> all = new ArrayList<>(List.of("gpu"));
        all.addAll(Arrays.asList(arguments));
        return line.execute(all.toArray(String[]::new));
    }

    private ProcessSampler sampler() {
        return new ProcessSampler(root.resolve("proc"), root.resolve("sys"), root, Clock.system());
    }

    private static ServerLook look(List<String> servers, HostSource host) {
        return new ServerLook(
                servers.stream().map(Endpoint::parse).toList(),
                true,
                ApiKey.none(),
                host,
                AskPolicy.harmless(),
                Clock.system());
    }

    private static GpuDevice device(int index, String name, boolean unified) {
        return new GpuDevice(
                index,
                Reading.known(name),
                Reading.known("GPU-5e8d6d9a-1c7e-4f43-9a55-0f3b7e1f2a0" + index),
                Reading.known("00000000:0" + (index + 3) + ":00.0"),
                GpuVendor.NVIDIA,
                unified,
                Reading.known("580.65.06"));
    }

    private static GpuSample.Builder board(int index, String name) {
        return GpuSample.of(device(index, name, false), TIME, 1)
                .put(GpuMetric.UTILISATION, 37)
                .put(GpuMetric.MEMORY_USED, 5978.0 * (1 << 20))
                .put(GpuMetric.MEMORY_TOTAL, 8192.0 * (1 << 20))
                .put(GpuMetric.TEMPERATURE, 61)
                .put(GpuMetric.POWER, 71.4)
                .put(GpuMetric.POWER_LIMIT, 105)
                .put(GpuMetric.CLOCK, 1480e6)
                .put(GpuMetric.CLOCK_MAX, 1708e6)
                .put(GpuMetric.FAN, 52)
                .put(GpuMetric.PERFORMANCE_STATE, 2)
                .throttleReasons(Reading.known(Set.of()));
    }

    private static GpuProcess process(long pid) {
        return GpuProcess.of(
                pid, GpuProcess.Kind.COMPUTE, Reading.known(Bytes.mib(5971)), "not measured");
    }

    private JsonNode json() throws IOException {
        JsonNode json = Json.parse(out.toString()).orElseThrow();
        Schema schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(Files.readString(Path.of("docs/schemas/gpu.schema.json")));
        assertThat(schema.validate(json)).isEmpty();
        return json;
    }

    private List<String> lines() {
        return out.toString().lines().toList();
    }

    private String lineOf(String text) {
        return lines().stream().filter(l -> l.contains(text)).findFirst().orElseThrow();
    }

    @Test
    void text_oneGpu_isOneLineWithLabelledUnits() {
        gpus.add(board(0, "NVIDIA Quadro P4000").build());
        assertThat(gpu()).isZero();
        assertThat(lines().getFirst()).isEqualTo("driver 580.65.06, CUDA up to 13.0");
        assertThat(lines().get(1)).contains("util", "mem GiB", "°C", "W", "MHz");
        assertThat(lineOf("Quadro"))
                .contains("0 Quadro P4000", "37%", "5.8/8.0", "61", "71/105", "1480", "52%");
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 80, 100, 120, 200})
    void text_anyWidth_fitsAndCutsNamesWithAMark(int width) {
        env = Map.of("COLUMNS", Integer.toString(width));
        String name = "NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition";
        gpus.add(
                board(0, name)
                        .throttleReasons(
                                Reading.known(
                                        Set.of(
                                                ThrottleReason.HARDWARE_SLOWDOWN,
                                                ThrottleReason.HARDWARE_THERMAL)))
                        .processes(Reading.known(List.of(process(4001))))
                        .build());
        gpu();
        assertThat(lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(width));
        String row = lineOf("RTX PRO");
        assertThat(row).contains("5.8/8.0", "61", "71/105");
        if (!row.contains("Workstation Edition")) {
            assertThat(row).contains("…");
        }
    }

    @Test
    void text_unknownFigures_areDashesAndNeverZero() {
        gpus.add(GpuSample.of(device(0, "NVIDIA Thor", false), TIME, 1).build());
        gpu();
        String row = lineOf("Thor");
        assertThat(row).contains(DASH).doesNotContain("0%", " 0 ", "0/");
    }

    @Test
    void text_unifiedMemory_isTheHostsAndSaidSo() {
        gpus.add(GpuSample.of(device(0, "NVIDIA Thor", true), TIME, 1).build());
        gpu();
        assertThat(lineOf("Thor")).contains("62.5/125");
        assertThat(lineOf("host memory"))
                .contains(
                        "(the GPU's)",
                        "62.5 GiB of 125 GiB available",
                        "1.0 GiB free",
                        "page cache");
    }

    @Test
    void text_gpuSlowedByHeat_saysSoInWords() {
        gpus.add(
                board(0, "NVIDIA GeForce RTX 3090")
                        .put(GpuMetric.TEMPERATURE, 87)
                        .put(GpuMetric.CLOCK, 1305e6)
                        .throttleReasons(Reading.known(Set.of(ThrottleReason.SOFTWARE_THERMAL)))
                        .build());
        assertThat(gpu()).isZero();
        assertThat(lineOf("RTX 3090")).endsWith("thermal");
        assertThat(String.join(" ", lines()).replaceAll(" +", " "))
                .contains("GPU 0: 1305 of 1708 MHz at 87 °C, slowed by the driver: it is too hot.");
    }

    @Test
    void text_pendingRemapAndLinksDown_areNamed() {
        gpus.add(
                board(0, "NVIDIA H100")
                        .put(GpuMetric.ROW_REMAP_PENDING, 1)
                        .put(GpuMetric.ECC_UNCORRECTED, 3)
                        .put(GpuMetric.NVLINK_TOTAL, 18)
                        .put(GpuMetric.NVLINK_ACTIVE, 17)
                        .build());
        gpu();
        assertThat(String.join(" ", lines()).replaceAll(" +", " "))
                .contains(
                        "faulty memory rows wait to be replaced",
                        "3 uncorrected memory errors",
                        "1 of 18 NVLinks are down");
    }

    @Test
    void text_processes_haveUserContainerAndCommand() {
        env = Map.of("COLUMNS", "120");
        gpus.add(
                board(0, "NVIDIA H100")
                        .processes(Reading.known(List.of(process(4001), process(9))))
                        .build());
        gpu();
        assertThat(lineOf("4001"))
                .contains(
                        "carol",
                        "5.8 GiB",
                        "docker:abababababab",
                        "llama-server -m /models/a.gguf");
        assertThat(lineOf("    9")).contains("not visible from here");
    }

    @Test
    void text_splitGpu_listsItsParts() {
        Reading<Integer> one = Reading.known(1);
        gpus.add(
                board(0, "NVIDIA H100")
                        .instances(
                                List.of(
                                        new MigInstance(
                                                0,
                                                Reading.known("3g.40gb"),
                                                Reading.known("MIG-1"),
                                                one,
                                                one,
                                                one,
                                                Reading.known(Bytes.gib(40)),
                                                Reading.known(Bytes.gib(21)))))
                        .build());
        gpu();
        assertThat(lineOf("3g.40gb")).contains("0: 3g.40gb", "21.0/40.0");
    }

    @Test
    void text_lostGpu_staysVisibleAndIsABadAnswer() {
        gpus.add(board(0, "NVIDIA GeForce RTX 3090").build());
        GpuTrouble lost = new GpuTrouble(GpuTrouble.Kind.LOST, "The GPU is lost.", "Reboot.");
        gpus.add(
                GpuSample.of(device(1, "NVIDIA GeForce RTX 3080", false), TIME, 1)
                        .nothing("lost")
                        .trouble(lost)
                        .build());
        assertThat(gpu()).isEqualTo(1);
        assertThat(lineOf("RTX 3080")).contains("lost");
        assertThat(lineOf("! GPU 1")).contains("The GPU is lost. Reboot.");
    }

    @Test
    void text_noGpu_saysSoWithTheHostsMemoryAndSucceeds() {
        trouble =
                Optional.of(
                        new GpuTrouble(
                                GpuTrouble.Kind.ABSENT, "This machine has no NVIDIA driver.", ""));
        assertThat(gpu()).isZero();
        assertThat(lines().getFirst())
                .isEqualTo("No GPU was found. This machine has no NVIDIA driver.");
        assertThat(lineOf("host memory")).contains("125 GiB");
    }

    @Test
    void text_driverMismatch_saysRebootAndIsABadAnswer() {
        trouble =
                Optional.of(
                        new GpuTrouble(
                                GpuTrouble.Kind.MISMATCH, "Driver and library differ.", "Reboot."));
        assertThat(gpu()).isEqualTo(1);
        assertThat(lines().getFirst()).isEqualTo("No GPU can be looked at.");
        assertThat(lineOf("!")).contains("Reboot.");
    }

    @Test
    void json_known_isAsTheSchemaSays() throws IOException {
        gpus.add(
                board(0, "NVIDIA Quadro P4000")
                        .throttleReasons(Reading.known(Set.of(ThrottleReason.POWER_CAP)))
                        .processes(Reading.known(List.of(process(4001), process(9))))
                        .build());
        assertThat(gpu("--json")).isZero();
        JsonNode gpu = json().at("/gpus/0");
        assertThat(gpu.at("/utilization_percent").intValue()).isEqualTo(37);
        assertThat(gpu.at("/memory_used_bytes").longValue()).isEqualTo(5978L << 20);
        assertThat(gpu.at("/power_watts").doubleValue()).isEqualTo(71.4);
        assertThat(gpu.at("/clock_mhz").intValue()).isEqualTo(1480);
        assertThat(gpu.at("/throttle_reasons/0").stringValue()).isEqualTo("sw_power_cap");
        assertThat(gpu.at("/slowed").booleanValue()).isTrue();
        assertThat(gpu.at("/processes/0/user").stringValue()).isEqualTo("carol");
        assertThat(gpu.at("/processes/0/container").stringValue()).isEqualTo("docker:abababababab");
        assertThat(gpu.at("/processes/0/memory_bytes").longValue()).isEqualTo(5971L << 20);
        assertThat(gpu.at("/processes/1/user").isNull()).isTrue();
        assertThat(gpu.at("/processes/1/unavailable/user").stringValue()).isNotBlank();
    }

    @Test
    void json_unknown_isNullWithItsReason() throws IOException {
        gpus.add(
                GpuSample.of(device(0, "NVIDIA Thor", true), TIME, 1)
                        .put(GpuMetric.POWER, Reading.unsupported("no sensor"))
                        .put(GpuMetric.TEMPERATURE, Reading.failed("the driver failed"))
                        .sensor("VDD_GPU", GpuUnit.WATTS, Reading.known(9.5))
                        .fact("power_mode", Reading.known("MAXN"))
                        .build());
        assertThat(gpu("--json")).isZero();
        JsonNode json = json();
        JsonNode gpu = json.at("/gpus/0");
        assertThat(gpu.at("/power_watts").isNull()).isTrue();
        assertThat(gpu.at("/unavailable/power_watts").stringValue()).isEqualTo("no sensor");
        assertThat(gpu.at("/unavailable/temperature_celsius").stringValue())
                .isEqualTo("the driver failed");
        assertThat(gpu.at("/throttle_reasons").isNull()).isTrue();
        assertThat(gpu.at("/facts/power_mode").stringValue()).isEqualTo("MAXN");
        assertThat(json.at("/host/memory_total_bytes").longValue()).isEqualTo(131072000L << 10);
    }

    @Test
    void json_everyNullFigure_hasAReason() throws IOException {
        gpus.add(GpuSample.of(device(0, "NVIDIA Thor", true), TIME, 1).build());
        gpu("--json");
        JsonNode gpu = json().at("/gpus/0");
        for (GpuMetric metric : GpuMetric.values()) {
            assertThat(gpu.path(metric.jsonName()).isNull()).as(metric.name()).isTrue();
            assertThat(gpu.at("/unavailable").path(metric.jsonName()).isString())
                    .as(metric.name())
                    .isTrue();
        }
    }

    @Test
    void json_watched_isOneLineASample() {
        gpus.add(board(0, "NVIDIA A").build());
        gpu("--json", "--watch", "0.1", "--count", "3");
        assertThat(lines()).hasSize(3).allSatisfy(line -> assertThat(Json.parse(line)).isPresent());
    }

    @Test
    void query_asNvidiaSmiDoes_hasItsNamesUnitsAndMarks() {
        gpus.add(board(0, "Quadro P4000").build());
        gpus.add(
                GpuSample.of(device(1, "NVIDIA Thor", true), TIME, 1)
                        .put(GpuMetric.UTILISATION, 5)
                        .throttleReasons(
                                Reading.known(
                                        Set.of(
                                                ThrottleReason.IDLE,
                                                ThrottleReason.HARDWARE_SLOWDOWN)))
                        .build());
        String fields =
                "timestamp,name,utilization.gpu,memory.used,temperature.gpu,power.draw,clocks.sm,pstate,"
                    + "clocks_event_reasons.active,clocks_throttle_reasons.hw_slowdown";
        assertThat(gpu("--query", fields, "--format", "csv")).isZero();
        assertThat(lines())
                .containsExactly(
                        "timestamp, name, utilization.gpu [%], memory.used [MiB], temperature.gpu,"
                                + " power.draw [W], clocks.sm [MHz], pstate,"
                                + " clocks_event_reasons.active,"
                                + " clocks_throttle_reasons.hw_slowdown",
                        "2026/11/23 01:02:03.456, Quadro P4000, 37 %, 5978 MiB, 61, 71.40 W, 1480"
                                + " MHz, P2, 0x0000000000000000, Not Active",
                        "2026/11/23 01:02:03.456, NVIDIA Thor, 5 %, [N/A], [N/A], [N/A], [N/A],"
                                + " [N/A], 0x0000000000000009, Active");
    }

    @Test
    void query_noheaderNounits_isBareValues() {
        gpus.add(board(0, "Quadro P4000").build());
        gpu("--query", "index, memory.total", "--format", "csv,noheader,nounits");
        assertThat(lines()).containsExactly("0, 8192");
    }

    @Test
    void query_nounits_keepsTheUnitsInTheTitlesAsNvidiaSmiDoes() {
        gpus.add(board(0, "Quadro P4000").build());
        gpu("--query", "memory.total", "--format", "csv,nounits");
        assertThat(lines()).containsExactly("memory.total [MiB]", "8192");
    }

    @Test
    void query_lostGpu_saysWhatNvidiaSmiSays() {
        gpus.add(
                GpuSample.of(device(0, "NVIDIA A", false), TIME, 1)
                        .nothing("lost")
                        .trouble(new GpuTrouble(GpuTrouble.Kind.LOST, "Lost.", ""))
                        .build());
        assertThat(gpu("--query", "utilization.gpu", "--format", "csv,noheader")).isEqualTo(1);
        assertThat(lines()).containsExactly("[GPU is lost]");
    }

    @Test
    void query_unknownField_isNamedWithTheKnownOnes() {
        assertThat(gpu("--query", "name,utilisation")).isEqualTo(2);
        assertThat(err.toString()).contains("'utilisation'", "--help-query");
    }

    @Test
    void helpQuery_always_listsTheFields() {
        assertThat(gpu("--help-query")).isZero();
        assertThat(lines()).contains("utilization.gpu", "memory.used", "timestamp").isSorted();
    }

    @Test
    void query_unknownFormat_isRefused() {
        assertThat(gpu("--query", "name", "--format", "xml")).isEqualTo(2);
        assertThat(err.toString()).contains("csv[,noheader][,nounits]");
    }

    @Test
    void csv_unknownFigures_areEmpty() {
        gpus.add(board(0, "Board, large").build());
        gpu("--csv");
        assertThat(lines()).hasSize(2);
        assertThat(lines().getFirst())
                .startsWith("time,index,name,uuid,pci_bus_id,utilization_percent");
        assertThat(lines().get(1)).contains("\"Board, large\"", ",37,,,,").doesNotContain("null");
        assertThat(lines().get(1).replaceAll("\"[^\"]*\"", "").split(",", -1))
                .hasSameSizeAs(lines().getFirst().split(",", -1));
    }

    @Test
    void dmon_scrolls_titlesOnceAndUnknownAsDash() {
        gpus.add(board(0, "A").throttleReasons(Reading.known(Set.of(ThrottleReason.IDLE))).build());
        gpu("--dmon", "--watch", "0.1", "--count", "3");
        assertThat(lines()).hasSize(5);
        assertThat(lines().stream().filter(l -> l.startsWith("#"))).hasSize(2);
        assertThat(lines().get(2))
                .contains("01:02:03", " 71 ", " 61 ", " 37 ", " 5978 ", " 1480 ")
                .contains(" - ")
                .endsWith("idle");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "GPU-5e8d6d9a-1c7e-4f43-9a55-0f3b7e1f2a01", "00000000:04"})
    void ids_numberUuidOrBus_chooseThatGpu(String id) {
        gpus.add(board(0, "First").build());
        gpus.add(board(1, "Second").build());
        assertThat(gpu("--ids", id, "--query", "name", "--format", "csv,noheader")).isZero();
        assertThat(lines()).containsExactly("Second");
    }

    @Test
    void ids_unknown_isWrongUse() {
        gpus.add(board(0, "First").build());
        assertThat(gpu("--ids", "7")).isEqualTo(2);
        assertThat(err.toString()).contains("There is no GPU '7'");
    }

    @Test
    void ids_whereTheDriverRefuses_isTheDriversTroubleAndNoWrongUse() {
        trouble =
                Optional.of(
                        new GpuTrouble(
                                GpuTrouble.Kind.MISMATCH, "Driver and library differ.", "Reboot."));
        assertThat(gpu("--ids", "0")).isEqualTo(1);
        assertThat(out.toString()).contains("Driver and library differ.");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void text_longestNameOnAWideTerminal_leavesRoomForWhatMatters() {
        env = Map.of("COLUMNS", "120");
        gpus.add(board(0, "NVIDIA " + "Very ".repeat(16) + "Long").build());
        gpu();
        assertThat(lineOf("Very Very")).contains("…", "█", "1480/1708", "P2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--json --csv",
                "--dmon --query name",
                "--format csv",
                "--count 2",
                "--watch 0",
                "--watch 1 --count 0"
            })
    void options_thatDoNotFit_areRefused(String arguments) {
        assertThat(gpu(arguments.split(" "))).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
    }

    /** A llama-server of one model, whose process the recorded tree shows. */
    private static LoopbackServer llamaServer() throws IOException {
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
                LoopbackServer.json(
                        200,
                        "{\"data\":[{\"id\":\"smol\",\"object\":\"model\",\"meta\":{\"size\":5}}]}"));
        return server;
    }

    @Test
    void servers_oneThatServesTheFileOfAProcess_nameItsModel() throws Exception {
        gpus.add(board(0, "NVIDIA H100").processes(Reading.known(List.of(process(4001)))).build());
        try (LoopbackServer server = llamaServer()) {
            env = Map.of("COLUMNS", "200");
            assertThat(gpu("--server", server.endpoint().url())).isZero();
            assertThat(lineOf("4001")).contains("smol  llama-server -m /models/a.gguf");
            assertThat(lineOf(server.endpoint().url()))
                    .contains("llama-server b10434", "up", "smol");
            out.getBuffer().setLength(0);
            assertThat(gpu("--json", "--server", server.endpoint().url())).isZero();
            JsonNode json = json();
            assertThat(json.at("/gpus/0/processes/0/model").stringValue()).isEqualTo("smol");
            assertThat(json.at("/servers/0/kind").stringValue()).isEqualTo("llama-server");
            assertThat(json.at("/servers/0/models/0/name").stringValue()).isEqualTo("smol");
        }
    }

    @Test
    void servers_namedOneThatIsDown_isSaidToBeDown() throws Exception {
        gpus.add(board(0, "NVIDIA H100").build());
        try (LoopbackServer server = llamaServer()) {
            String url = server.endpoint().url();
            server.goAway();
            assertThat(gpu("--server", url)).isZero();
            assertThat(lineOf(url)).contains("down");
        }
    }

    @Test
    void alerts_inJson_areThoseOfTheRulesAndOfTheChosenGpus() throws IOException {
        gpus.add(board(0, "A").put(GpuMetric.TEMPERATURE, 85).build());
        gpus.add(board(1, "B").put(GpuMetric.TEMPERATURE, 85).build());
        assertThat(gpu("--json", "--ids", "1")).isZero();
        JsonNode alerts = json().path("alerts");
        assertThat(alerts.size()).isEqualTo(1);
        assertThat(alerts.at("/0/rule").stringValue()).isEqualTo("gpu-temperature-high");
        assertThat(alerts.at("/0/severity").stringValue()).isEqualTo("warning");
        assertThat(alerts.at("/0/labels/gpu").stringValue()).isEqualTo("1");
    }

    @Test
    void rules_file_changesWhatIsSaid() throws IOException {
        gpus.add(board(0, "A").put(GpuMetric.TEMPERATURE, 75).build());
        Path file =
                Files.writeString(
                        root.resolve("rules.yaml"),
                        "rules: {gpu-temperature-high: {warning: 70}}\n");
        gpu();
        assertThat(out.toString()).doesNotContain("75 °C");
        gpu("--rules", file.toString());
        assertThat(out.toString()).contains("! GPU 0: 75 °C; the mark is 70 °C.");
    }

    @Test
    void text_hostileNames_canNotMoveTheCursor() throws IOException {
        Files.writeString(root.resolve("proc/4001/cmdline"), "evil\u001b[2J\0arg\0");
        gpus.add(board(0, "A").processes(Reading.known(List.of(process(4001)))).build());
        gpu();
        assertThat(out.toString()).doesNotContain("\u001b");
    }

    @Test
    void text_memoryOfAnUnknownHost_isADash() {
        HostSource host = new NoHost("not here");
        MachineWatch machine =
                new MachineWatch(
                        new GpuCollector(List.of(), Clock.system()),
                        () -> HostSample.ofMemory(host.memory(), TIME, 0, "only the memory"),
                        sampler(),
                        sampler(),
                        look(List.of(), host),
                        Clock.system());
        GpuCommand command = new GpuCommand(_ -> machine, env, Clock.system());
        CommandLine line = StokerCommand.commandLine(Map.of("gpu", () -> command), "gpu");
        line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        assertThat(line.execute("gpu")).isZero();
        assertThat(lineOf("host memory")).contains(DASH);
    }
}
