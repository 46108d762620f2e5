package dev.stoker.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.alert.Severity;
import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuDevice;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuPicture;
import dev.stoker.gpu.GpuReport;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.GpuVendor;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.host.HostMemory;
import dev.stoker.host.HostSample;
import dev.stoker.http.Endpoint;
import dev.stoker.machine.MachineSample;
import dev.stoker.machine.wire.RandomRecords;
import dev.stoker.rules.Alert;
import dev.stoker.rules.Rule;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.exposition.ExpositionReader;
import dev.stoker.server.state.Counter;
import dev.stoker.server.state.Counters;
import dev.stoker.server.state.Health;
import dev.stoker.server.state.ServerState;
import dev.stoker.server.state.ToldSettings;
import dev.stoker.server.state.Work;
import dev.stoker.watch.MachineCourse;

import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What stands on the exporter's page, and what does not. */
class ExporterTest {
    private static final Instant TIME = Instant.parse("2026-11-25T12:00:00Z");
    private static final Endpoint SERVER = new Endpoint(false, "127.0.0.1", 8000, "");
    private static final GpuDevice DEVICE =
            new GpuDevice(
                    0,
                    Reading.known("H100 \"x\"\\"),
                    Reading.known("GPU-1"),
                    Reading.known("00000000:04:00.0"),
                    GpuVendor.NVIDIA,
                    false,
                    Reading.known("580"));

    private final MachineCourse course = new MachineCourse();
    private final Exporter exporter = exporter(false);

    private static Exporter exporter(boolean dcgm) {
        return new Exporter(new Exporter.Setting("1.2", "box", dcgm, Duration.ofSeconds(2)));
    }

    private static MachineSample machine(
            Optional<GpuTrouble> silence, List<GpuSample> gpus, ServerState... servers) {
        Reading<Bytes> none = Reading.unsupported("not told");
        GpuReport report =
                new GpuReport(
                        "nvml",
                        TIME,
                        0,
                        gpus,
                        Reading.known("580"),
                        Reading.known("13.0"),
                        Optional.empty());
        return new MachineSample(
                TIME,
                0,
                new GpuPicture(List.of(new GpuPicture.Part(report, Duration.ZERO, silence))),
                HostSample.ofMemory(
                        new HostMemory(Reading.known(Bytes.of(64)), none, none, none, none, none),
                        TIME,
                        0,
                        "not asked for"),
                Map.of(),
                List.of(servers),
                Map.of());
    }

    private static GpuSample.Builder gpu() {
        return GpuSample.of(DEVICE, TIME, 0);
    }

    private static ServerState server(Health health, String life, double generated) {
        Map<Counter, Reading<Double>> values = new EnumMap<>(Counter.class);
        for (Counter counter : Counter.values()) {
            values.put(counter, Reading.unsupported("not counted"));
        }
        if (generated >= 0) {
            values.put(Counter.GENERATED_TOKENS, Reading.known(generated));
        }
        Reading<Long> no = Reading.unsupported("not told");
        return new ServerState(
                SERVER,
                Reading.failed("never answered"),
                TIME,
                0,
                health,
                Reading.failed("no answer"),
                Reading.known(List.of()),
                new Work(Reading.known(3L), no, no, no, Reading.unsupported("not told")),
                new Counters(values, life.isEmpty() ? Optional.empty() : Optional.of(life)),
                new ToldSettings(no, no, no, Reading.unsupported("not told")));
    }

    private void take(MachineSample sample, Alert... alerts) {
        exporter.take(course.next(sample), List.of(alerts), Duration.ofMillis(5));
    }

    private String page() {
        return new String(exporter.page("", false).body(), StandardCharsets.UTF_8);
    }

    private static List<String> lines(String page, String begin) {
        return Arrays.stream(page.split("\n")).filter(line -> line.startsWith(begin)).toList();
    }

    @Test
    void figures_known_areInBaseUnitsUnderStableLabels() {
        take(
                machine(
                        Optional.empty(),
                        List.of(
                                gpu().put(GpuMetric.UTILISATION, 95)
                                        .put(GpuMetric.MEMORY_USED, 1024)
                                        .put(GpuMetric.CLOCK, 1.98e9)
                                        .put(GpuMetric.FAN, Reading.unsupported("no fan"))
                                        .throttleReasons(
                                                Reading.known(Set.of(ThrottleReason.POWER_CAP)))
                                        .build())));
        assertThat(page())
                .contains(
                        "stoker_gpu_utilization_ratio{gpu=\"0\",uuid=\"GPU-1\"} 0.95\n",
                        "stoker_gpu_memory_used_bytes{gpu=\"0\",uuid=\"GPU-1\"} 1024.0\n",
                        "stoker_gpu_clock_hertz{clock=\"sm\",gpu=\"0\",uuid=\"GPU-1\"} 1.98E9\n",
                        "stoker_gpu_throttled{gpu=\"0\",reason=\"sw_power_cap\",uuid=\"GPU-1\"}"
                                + " 1.0\n",
                        "stoker_gpu_throttled{gpu=\"0\",reason=\"idle\",uuid=\"GPU-1\"} 0.0\n",
                        "stoker_gpu_up{gpu=\"0\",uuid=\"GPU-1\"} 1.0\n",
                        "name=\"H100 \\\"x\\\"\\\\\"",
                        "stoker_host_memory_total_bytes 64.0\n",
                        "stoker_sampling_up 1.0\n",
                        "stoker_build_info{version=\"1.2\"} 1\n");
    }

    @Test
    void figures_unknown_areAbsent() {
        take(
                machine(
                        Optional.empty(),
                        List.of(gpu().put(GpuMetric.FAN, Reading.failed("no fan")).build())));
        assertThat(page())
                .doesNotContain("stoker_gpu_fan", "stoker_gpu_power", "stoker_gpu_throttled")
                .doesNotContain("stoker_host_memory_available_bytes", "stoker_host_cpu");
    }

    @Test
    void gpu_whoseDriverIsSilent_isDownWithoutOldFigures() {
        take(
                machine(
                        Optional.of(
                                new GpuTrouble(GpuTrouble.Kind.NO_ANSWER, "no answer for 3 s", "")),
                        List.of(gpu().put(GpuMetric.POWER, 300).build())));
        assertThat(page())
                .contains("stoker_gpu_up{gpu=\"0\",uuid=\"GPU-1\"} 0.0")
                .contains("stoker_gpu_source_up{source=\"nvml\"} 0.0")
                .doesNotContain("stoker_gpu_power_watts");
    }

    @Test
    void gpu_lost_isDown() {
        take(
                machine(
                        Optional.empty(),
                        List.of(
                                gpu().nothing("the GPU is lost")
                                        .trouble(
                                                new GpuTrouble(
                                                        GpuTrouble.Kind.LOST, "It is lost.", ""))
                                        .build())));
        assertThat(page()).contains("stoker_gpu_up{gpu=\"0\",uuid=\"GPU-1\"} 0.0");
    }

    @Test
    void counters_overARestartAndADeath_neverFall() {
        Health dead = new Health.Down(new ServerFailure.ServerDied("killed"));
        String series = "stoker_server_generated_tokens_total{server=\"http://127.0.0.1:8000\"} ";
        take(machine(Optional.empty(), List.of(), server(new Health.Up(), "a", 100)));
        assertThat(page()).contains(series + "100.0");
        take(machine(Optional.empty(), List.of(), server(dead, "", -1)));
        assertThat(page())
                .contains(series + "100.0")
                .contains("stoker_server_up{server=\"http://127.0.0.1:8000\"} 0.0");
        take(machine(Optional.empty(), List.of(), server(new Health.Up(), "b", 7)));
        assertThat(page()).contains(series + "107.0");
        take(machine(Optional.empty(), List.of()));
        assertThat(page()).contains(series + "107.0");
    }

    @Test
    void alerts_active_areThereAndCounted() {
        take(
                machine(Optional.empty(), List.of()),
                new Alert(
                        Rule.GPU_THROTTLED,
                        Severity.WARNING,
                        Map.of("gpu", "1", "uuid", "GPU-2"),
                        "GPU 1",
                        "is slowed.",
                        "",
                        TIME));
        assertThat(page())
                .contains(
                        "stoker_alert_active{gpu=\"1\",rule=\"gpu-throttled\",severity=\"warning\","
                                + "uuid=\"GPU-2\"} 1.0",
                        "stoker_alerts{rule=\"gpu-throttled\"} 1.0",
                        "stoker_alerts{rule=\"server-down\"} 0.0");
    }

    @Test
    void sampling_stuck_showsThatAlone() {
        take(machine(Optional.empty(), List.of(gpu().put(GpuMetric.POWER, 300).build())));
        String page = new String(exporter.page("", true).body(), StandardCharsets.UTF_8);
        assertThat(page).contains("stoker_sampling_up 0.0").doesNotContain("stoker_gpu");
    }

    @Test
    void format_byTheAcceptHeader_isPrometheusOrOpenMetrics() {
        take(machine(Optional.empty(), List.of()));
        Exporter.Page open =
                exporter.page("application/openmetrics-text;version=1.0.0,text/plain;q=0.5", false);
        assertThat(open.contentType()).startsWith("application/openmetrics-text");
        assertThat(new String(open.body(), StandardCharsets.UTF_8)).endsWith("# EOF\n");
        assertThat(exporter.page("text/plain", false).contentType())
                .startsWith("text/plain; version=0.0.4");
        assertThat(exporter.page("", false).body()).isSameAs(exporter.page("*/*", false).body());
    }

    @Test
    void dcgm_asked_hasItsNamesUnitsAndLabels() {
        Exporter both = exporter(true);
        MachineSample sample =
                machine(
                        Optional.empty(),
                        List.of(
                                gpu().put(GpuMetric.MEMORY_USED, 3 * 1024 * 1024)
                                        .put(GpuMetric.CLOCK, 1.98e9)
                                        .put(GpuMetric.UTILISATION, 95)
                                        .put(GpuMetric.ENERGY, 2)
                                        .build()));
        both.take(course.next(sample), List.of(), Duration.ZERO);
        String page = new String(both.page("", false).body(), StandardCharsets.UTF_8);
        String labels =
                "{DCGM_FI_DRIVER_VERSION=\"580\",Hostname=\"box\",UUID=\"GPU-1\",device=\"nvidia0\",gpu=\"0\",modelName=\"H100"
                    + " \\\"x\\\"\\\\\",pci_bus_id=\"00000000:04:00.0\"}";
        assertThat(page)
                .contains(
                        "DCGM_FI_DEV_FB_USED" + labels + " 3.0\n",
                        "DCGM_FI_DEV_SM_CLOCK" + labels + " 1980.0\n",
                        "DCGM_FI_DEV_GPU_UTIL" + labels + " 95.0\n",
                        "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION" + labels + " 2000.0\n")
                .doesNotContain("DCGM_FI_DEV_GPU_TEMP");
    }

    /** Whatever a machine tells, the page can be read, and no series is on it twice. */
    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void page_ofAnyMachine_canBeRead(@ForAll long seed) {
        Exporter any = exporter(true);
        any.take(
                new MachineCourse().next(new RandomRecords(seed).sample()),
                List.of(),
                Duration.ofMillis(1));
        String page = new String(any.page("", false).body(), StandardCharsets.UTF_8);
        Set<String> series = new TreeSet<>();
        for (String line : lines(page, "")) {
            if (!line.startsWith("#")) {
                assertThat(series.add(line.substring(0, line.lastIndexOf(' ')))).isTrue();
                assertThat(line).matches("[a-zA-Z_]+[a-zA-Z0-9_]*(\\{.*\\})? [-+0-9.E]+(NaN)?");
            }
        }
        byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
        assertThat(ExpositionReader.read(bytes, _ -> true).series()).hasSize(series.size());
    }
}
