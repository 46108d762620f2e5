package dev.stoker.plan.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryPlan;
import dev.stoker.memory.Provenance;
import dev.stoker.memory.llama.HostPacking;
import dev.stoker.memory.llama.Overheads;
import dev.stoker.model.ModelDescription;
import dev.stoker.plan.Estimate;
import dev.stoker.plan.LlamaEstimate;
import dev.stoker.plan.Synthetic;
import dev.stoker.plan.advise.Quant;
import dev.stoker.plan.device.Box;
import dev.stoker.plan.device.Boxes;
import dev.stoker.plan.device.GpuTable;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.util.List;
import java.util.stream.Stream;

/** Measured speeds, each with the tolerance that the model of speed keeps there. */
class SpeedModelTest {
    private final Estimate estimate = new LlamaEstimate(Overheads.usual(HostPacking.NONE));

    private SpeedEstimate all(ModelDescription model, Box box, long depth) {
        return with(model, box, depth, LlamaSettings.defaults(), Calibration.NONE);
    }

    private SpeedEstimate with(
            ModelDescription model,
            Box box,
            long depth,
            LlamaSettings settings,
            Calibration calibration) {
        LlamaSettings asked =
                settings.gpuLayers().isPresent()
                        ? settings
                        : settings.toBuilder().gpuLayers(999).build();
        LlamaSettings full = asked.toBuilder().context(Math.max(4096, depth)).parallel(1).build();
        MemoryPlan plan = estimate.plan(model, full, box.memories());
        return SpeedModel.of(model).estimate(full, plan, box.devices(), depth, calibration);
    }

    private static Box gpu(String name) {
        return gpus(name, 1);
    }

    private static Box gpus(String name, int count) {
        return Boxes.of(GpuTable.standard().require(name), count);
    }

    private record Known(
            ModelDescription model, Box box, long depth, double rate, double tolerance) {}

    private static Stream<Known> measured() {
        return Stream.of(
                // The stories: S0, clean state.
                new Known(Synthetic.phi4(Quant.Q4_K_M), Boxes.named("thor"), 300, 19.8, 0.08),
                new Known(Synthetic.gptOss(), Boxes.named("thor"), 300, 37.0, 0.35),
                // The reference, §6.
                new Known(Synthetic.llama8(Quant.Q4_0), gpu("RTX 3090"), 128, 155, 0.1),
                new Known(Synthetic.llama8(Quant.Q4_0), gpu("RTX 4090"), 32768, 102.8, 0.15),
                new Known(Synthetic.llama2of7(Quant.F16), gpu("T4"), 128, 16, 0.08),
                new Known(Synthetic.llama2of7(Quant.Q4_0), gpu("Apple M1 Max"), 128, 61, 0.12),
                // XiongjieDai/GPU-Benchmarks-on-LLM-Inference, May 2024.
                new Known(Synthetic.llama8(Quant.Q4_K_M), gpu("RTX 3070"), 512, 72.8, 0.2),
                new Known(Synthetic.llama8(Quant.Q4_K_M), gpu("RTX 3090"), 512, 115.4, 0.2),
                new Known(Synthetic.llama8(Quant.Q4_K_M), gpu("RTX 4080"), 512, 108.2, 0.15),
                new Known(Synthetic.llama8(Quant.Q4_K_M), gpu("RTX 4090"), 512, 130.6, 0.15),
                new Known(Synthetic.llama8(Quant.F16), gpu("RTX 4090"), 512, 54.8, 0.1),
                new Known(Synthetic.llama8(Quant.Q4_K_M), gpu("RTX A6000"), 512, 102.2, 0.15),
                new Known(Synthetic.llama8(Quant.F16), gpu("RTX A6000"), 512, 40.3, 0.1),
                new Known(Synthetic.llama8(Quant.Q4_K_M), gpu("L40S"), 512, 113.6, 0.15),
                new Known(Synthetic.llama8(Quant.F16), gpu("A100 PCIe 80GB"), 512, 54.6, 0.15),
                new Known(Synthetic.llama8(Quant.Q4_K_M), gpu("A100 PCIe 80GB"), 512, 138.3, 0.15),
                new Known(Synthetic.llama8(Quant.F16), gpu("H100 PCIe"), 512, 67.8, 0.15),
                new Known(Synthetic.llama8(Quant.F16), gpu("Apple M2 Ultra"), 512, 36.3, 0.15),
                new Known(Synthetic.llama8(Quant.Q4_K_M), gpu("Apple M2 Ultra"), 512, 78.8, 0.25),
                new Known(Synthetic.llama8(Quant.Q4_K_M), gpu("Apple M1"), 512, 10.2, 0.25),
                new Known(Synthetic.llama70(Quant.Q4_K_M), gpus("RTX 3090", 2), 512, 16.6, 0.15),
                new Known(Synthetic.llama70(Quant.Q4_K_M), gpus("RTX 4090", 2), 512, 19.2, 0.2),
                // Later builds: llama.cpp #26705, and one RTX 5090 (CambrianTech/continuum #1627).
                new Known(Synthetic.llama8(Quant.Q2_K), gpu("RX 7900 XTX"), 64, 144, 0.25),
                new Known(Synthetic.llama8(Quant.Q3_K_M), gpu("RX 7900 XTX"), 64, 124.5, 0.2),
                new Known(Synthetic.qwen3of8(Quant.Q4_K_M), gpu("RTX 5090"), 512, 221.7, 0.25));
    }

    @TestFactory
    Stream<DynamicTest> decode_measuredSpeeds_areWithinTheirTolerance() {
        return measured()
                .map(k ->
                        DynamicTest.dynamicTest(
                                k.model.name()
                                        + " "
                                        + k.model.quantization().value()
                                        + " on "
                                        + k.box.title(),
                                () -> {
                                    SpeedEstimate speed = all(k.model, k.box, k.depth);
                                    assertThat(speed.decode().expected())
                                            .isCloseTo(k.rate, within(k.rate * k.tolerance));
                                    assertThat(speed.decode().contains(k.rate))
                                            .as("%s in %s", k.rate, speed.decode())
                                            .isTrue();
                                }));
    }

    /** The share of the bandwidth by quantisation, relative to 16 bits (the reference, §6). */
    @TestFactory
    Stream<DynamicTest> decode_byQuantisation_usesTheBandwidthAsMeasured() {
        record Share(Quant quant, double share) {}
        return Stream.of(
                        new Share(Quant.Q8_0, 0.93),
                        new Share(Quant.Q6_K, 0.83),
                        new Share(Quant.Q5_K_M, 0.82),
                        new Share(Quant.Q4_K_M, 0.75),
                        new Share(Quant.Q4_K_S, 0.77),
                        new Share(Quant.IQ4_XS, 0.74),
                        new Share(Quant.Q3_K_L, 0.64),
                        new Share(Quant.Q3_K_S, 0.56),
                        new Share(Quant.IQ3_M, 0.57),
                        new Share(Quant.Q2_K, 0.54),
                        new Share(Quant.IQ2_M, 0.47),
                        new Share(Quant.IQ1_S, 0.34))
                .map(s ->
                        DynamicTest.dynamicTest(
                                s.quant.name(),
                                () -> {
                                    // A slow memory: launches do not count.
                                    Box box = Boxes.told(Bytes.gib(24), 100, 1);
                                    double wide = moved(Synthetic.llama8(Quant.F16), box);
                                    double narrow = moved(Synthetic.llama8(s.quant), box);
                                    assertThat(narrow / wide)
                                            .isCloseTo(s.share, within(s.share * 0.08));
                                }));
    }

    private double moved(ModelDescription model, Box box) {
        SpeedEstimate speed = all(model, box, 0);
        return speed.decode().expected() * speed.bytesPerToken().count();
    }

    @Test
    void prompt_measured_isWithinTheBand() {
        Band prompt = all(Synthetic.llama8(Quant.Q6_K), gpu("RTX 3090"), 2048).prompt().value();
        assertThat(prompt.expected()).isCloseTo(3525, within(3525 * 0.1));
        Band metal = all(Synthetic.llama8(Quant.F16), gpu("Apple M2 Ultra"), 512).prompt().value();
        assertThat(metal.contains(1100)).isTrue();
        Band ada = all(Synthetic.llama8(Quant.Q4_K_M), gpu("RTX 4090"), 512).prompt().value();
        assertThat(ada.contains(7139)).isTrue();
        Band volta = all(Synthetic.llama8(Quant.Q4_K_M), gpu("RTX 3070"), 512).prompt().value();
        assertThat(volta.contains(2402)).isTrue();
    }

    /** S0: 109.63 tok/s with a short prompt, most of it fixed cost: only a lower bound. */
    @Test
    void prompt_onThor_isAboveTheShortPromptOfTheStory() {
        assertThat(all(Synthetic.gptOss(), Boxes.named("thor"), 100).prompt().value().low())
                .isGreaterThan(109.63);
    }

    @Test
    void prompt_unknownComputeRate_isNotShown() {
        SpeedEstimate speed =
                all(Synthetic.llama8(Quant.Q6_K), Boxes.told(Bytes.gib(24), 936, 1), 0);
        assertThat(speed.prompt().isKnown()).isFalse();
        assertThat(speed.prompt().reason()).contains("compute rate of GPU");
    }

    @Test
    void decode_deeper_isSlower() {
        Box box = gpu("RTX 3090");
        ModelDescription model = Synthetic.llama8(Quant.Q4_K_M);
        double shallow = all(model, box, 0).decode().expected();
        double deep = all(model, box, 65536).decode().expected();
        assertThat(deep).isLessThan(shallow * 0.6);
    }

    @Test
    void decode_slidingWindow_readsTheWindowOnly() {
        SpeedEstimate speed = all(Synthetic.gptOss(), gpu("RTX 3090"), 65536);
        SpeedEstimate shallow = all(Synthetic.gptOss(), gpu("RTX 3090"), 128);
        long more = speed.bytesPerToken().count() - shallow.bytesPerToken().count();
        // 12 of 24 layers look back over all of it: 2 × 8 heads × 64 × 2 bytes a token.
        assertThat(more).isEqualTo(12L * 2 * 8 * 64 * 2 * (65536 - 128));
    }

    @Test
    void decode_mixture_readsTheUsedExpertsOnly() {
        SpeedEstimate speed = all(Synthetic.qwen3mixture(Quant.Q4_K_M), gpu("RTX 3090"), 0);
        assertThat(speed.bytesPerToken().toGb()).isBetween(1.6, 2.2);
    }

    @Test
    void decode_partOnTheHost_isBoundByIt() {
        ModelDescription model = Synthetic.llama70(Quant.Q4_K_M);
        LlamaSettings half = LlamaSettings.defaults().toBuilder().gpuLayers(40).build();
        SpeedEstimate speed = with(model, gpu("RTX 3090"), 0, half, Calibration.NONE);
        assertThat(speed.decode().expected()).isBetween(1.0, 2.5);
        assertThat(speed.bound()).contains("host");
        assertThat(speed.remarks()).anyMatch(r -> r.contains("main memory"));
        assertThat(speed.decode().low()).isLessThan(speed.decode().expected() * 0.6);
    }

    @Test
    void decode_expertsOnTheHost_areReadThere() {
        ModelDescription model = Synthetic.gptOss();
        LlamaSettings moved =
                LlamaSettings.defaults().toBuilder().cpuExpertLayers(Integer.MAX_VALUE).build();
        double host = with(model, gpu("RTX 3090"), 0, moved, Calibration.NONE).decode().expected();
        double gpu = all(model, gpu("RTX 3090"), 0).decode().expected();
        assertThat(host).isBetween(gpu * 0.05, gpu * 0.4);
    }

    @Test
    void decode_smallModel_isBoundByLaunches() {
        SpeedEstimate speed = all(Synthetic.llama3of1(Quant.Q4_K_M), gpu("RTX 5090"), 0);
        assertThat(speed.decode().expected()).isBetween(200.0, 300.0);
        assertThat(speed.bound()).contains("launches");
        assertThat(speed.decode().high()).isGreaterThan(450);
    }

    @Test
    void decode_calibrated_takesTheMeasuredRate() {
        ModelDescription model = Synthetic.phi4(Quant.Q4_K_M);
        Box thor = Boxes.named("thor");
        double predicted = all(model, thor, 300).decode().expected();
        Calibration.Pair pair = new Calibration.Pair("phi4:14b", 10.6, predicted, "run 7");
        Calibration same = Calibration.choose("phi4:14b", List.of(pair));
        SpeedEstimate again = with(model, thor, 300, LlamaSettings.defaults(), same);
        assertThat(again.decode().expected()).isCloseTo(10.6, within(0.01));
        assertThat(again.provenance()).isEqualTo(Provenance.CALIBRATED);
        assertThat(again.because()).contains("phi4:14b of run 7");
        Calibration other = Calibration.choose("qwq:32b", List.of(pair));
        assertThat(other.sameModel()).isFalse();
        assertThat(other.factor()).isCloseTo(10.6 / predicted, within(1e-9));
        SpeedEstimate wide = with(model, thor, 300, LlamaSettings.defaults(), other);
        assertThat(wide.decode().high() - wide.decode().low())
                .isGreaterThan(again.decode().high() - again.decode().low());
    }

    @Test
    void calibration_absurdRate_isNone() {
        Calibration.Pair broken = new Calibration.Pair("m", 1_000_000, 20, "run 1");
        assertThat(Calibration.choose("m", List.of(broken))).isEqualTo(Calibration.NONE);
        Calibration.Pair good = new Calibration.Pair("m", 22, 20, "run 2");
        assertThat(Calibration.choose("m", List.of(broken, good)).factor())
                .isCloseTo(1.1, within(1e-9));
    }

    @Test
    void calibration_severalOthers_takesTheMiddle() {
        Calibration c =
                Calibration.choose(
                        "x",
                        List.of(
                                new Calibration.Pair("a", 30, 20, "run 1"),
                                new Calibration.Pair("b", 10, 20, "run 2"),
                                new Calibration.Pair("c", 18, 20, "run 3")));
        assertThat(c.factor()).isCloseTo(0.9, within(1e-9));
        assertThat(c.from()).contains("3 models");
    }

    @Test
    void of_unknownShape_isRefused() {
        ModelDescription m = Synthetic.llama8(Quant.Q8_0);
        ModelDescription unknown =
                new ModelDescription(
                        m.name(),
                        m.origin(),
                        m.format(),
                        m.architecture(),
                        m.parameters(),
                        m.quantization(),
                        Reading.unsupported("the server tells no header"),
                        m.tensors(),
                        m.fileSize(),
                        m.sidecars(),
                        m.defaults(),
                        m.remarks());
        assertThatThrownBy(() -> SpeedModel.of(unknown))
                .hasMessageContaining("the server tells no header");
    }

    /** S2: 42.5 GB cold in about 28 s on the disk of its box (1.5 GB/s). */
    @Test
    void coldLoad_ofTheStory_isInTheBand() {
        Band load = SpeedModel.coldLoad(Bytes.gb(42.5), 1.5);
        assertThat(load.contains(28)).isTrue();
        assertThat(load.expected()).isBetween(28.0, 31.0);
    }
}
