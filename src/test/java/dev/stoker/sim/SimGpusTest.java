package dev.stoker.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuReport;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.http.Endpoint;
import dev.stoker.http.HttpAnswer;
import dev.stoker.http.HttpExchange;
import dev.stoker.http.HttpRequest;
import dev.stoker.http.Timeouts;
import dev.stoker.sim.engine.Faults;
import dev.stoker.sim.physics.BoxFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.stream.Stream;

class SimGpusTest {
    private static HttpExchange exchange(SimServer server) {
        return new HttpExchange(Endpoint.parse(server.url()), Clock.system());
    }

    private static GpuReport report(SimServer server) {
        try (SimGpus source = new SimGpus(exchange(server), Clock.system())) {
            return source.sample();
        }
    }

    @ParameterizedTest
    @CsvSource({"thor,1", "dual,2", "a10g,1", "rtx5080,1", "cpu,0"})
    void sample_builtInBoxes_theirGpusMarkedAsSimulated(String box, int count) throws Exception {
        try (SimServer server = SimServer.start(BoxFile.load(box), 0, 1, new Faults())) {
            GpuReport report = report(server);

            assertThat(report.trouble()).isEmpty();
            assertThat(report.gpus()).hasSize(count);
            for (GpuSample gpu : report.gpus()) {
                assertThat(gpu.device().name().value()).endsWith("(simulated)");
                assertThat(gpu.device().unifiedMemory()).isEqualTo(box.equals("thor"));
                assertThat(gpu.value(GpuMetric.POWER).value())
                        .isBetween(1.0, gpu.value(GpuMetric.POWER_LIMIT).value());
                assertThat(gpu.bytes(GpuMetric.MEMORY_USED).value())
                        .isLessThan(gpu.bytes(GpuMetric.MEMORY_TOTAL).value());
                assertThat(gpu.throttleReasons().value()).isNotNull();
                assertThat(gpu.value(GpuMetric.FAN).isKnown()).isFalse();
            }
            if (box.equals("thor")) {
                assertThat(report.gpus().getFirst().value(GpuMetric.MEMORY_AVAILABLE).isKnown())
                        .isTrue();
            }
        }
    }

    @Test
    void sample_whileAModelAnswers_loadedAndBusyThenIdleAgain() throws Exception {
        Faults faults = new Faults();
        faults.set("stall", true, Map.of("after", "3"));
        try (SimServer server = SimServer.start(BoxFile.load("a10g"), 0, 20, faults)) {
            Bytes before = report(server).gpus().getFirst().bytes(GpuMetric.MEMORY_USED).value();
            Thread client =
                    Thread.ofVirtual()
                            .start(() -> {
                                HttpAnswer ignored =
                                        exchange(server)
                                                .fetch(
                                                        HttpRequest.post(
                                                                "/api/generate",
                                                                "{\"model\":\""
                                                                        + BoxFile.load("a10g")
                                                                                .models()
                                                                                .getFirst()
                                                                                .name()
                                                                        + "\",\"prompt\":\"x\"}"),
                                                        Timeouts.control(),
                                                        1 << 20,
                                                        Cancellation.never());
                            });
            GpuSample busy =
                    Stream.generate(() -> report(server).gpus().getFirst())
                            .limit(20_000)
                            .filter(gpu -> gpu.value(GpuMetric.UTILISATION).value() > 90)
                            .findFirst()
                            .orElseThrow();
            assertThat(busy.bytes(GpuMetric.MEMORY_USED).value()).isGreaterThan(before);
            assertThat(busy.processes().value()).hasSize(1);
            assertThat(busy.throttleReasons().value()).isEmpty();
            assertThat(busy.value(GpuMetric.POWER).value()).isGreaterThan(150);
            faults.set("degrade", true, Map.of("cause", "clocks", "cycles", "0"));
            GpuSample hot = report(server).gpus().getFirst();
            assertThat(hot.throttleReasons().value())
                    .containsExactly(ThrottleReason.SOFTWARE_THERMAL);
            assertThat(hot.value(GpuMetric.CLOCK).value())
                    .isLessThan(busy.value(GpuMetric.CLOCK).value());
            faults.set("stall", false, Map.of());
            client.join();
            assertThat(
                            Stream.generate(() -> report(server).gpus().getFirst())
                                    .limit(20_000)
                                    .filter(gpu -> gpu.value(GpuMetric.UTILISATION).value() == 0)
                                    .findFirst()
                                    .orElseThrow()
                                    .throttleReasons()
                                    .value())
                    .containsExactly(ThrottleReason.IDLE);
        }
    }

    @Test
    void sample_boxGone_saysSo() throws Exception {
        // Bound and not listening: refused, and no other test can get the port meanwhile.
        try (Socket bound = new Socket()) {
            bound.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
            Endpoint gone = new Endpoint(false, "127.0.0.1", bound.getLocalPort(), "");
            try (SimGpus source =
                    new SimGpus(new HttpExchange(gone, Clock.system()), Clock.system())) {
                GpuReport report = source.sample();

                assertThat(report.gpus()).isEmpty();
                assertThat(report.trouble().orElseThrow().kind())
                        .isEqualTo(GpuTrouble.Kind.UNAVAILABLE);
            }
        }
    }
}
