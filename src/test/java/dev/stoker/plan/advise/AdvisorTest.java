package dev.stoker.plan.advise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.Bytes;
import dev.stoker.base.UserError;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.llama.HostPacking;
import dev.stoker.memory.llama.Overheads;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.ModelFormat;
import dev.stoker.plan.Fit;
import dev.stoker.plan.Fitting;
import dev.stoker.plan.LlamaEstimate;
import dev.stoker.plan.Synthetic;
import dev.stoker.plan.advise.Advice.Row;
import dev.stoker.plan.device.Box;
import dev.stoker.plan.device.Boxes;
import dev.stoker.plan.device.ComputeDevice;
import dev.stoker.plan.device.GpuTable;
import dev.stoker.plan.speed.Calibration;

import org.junit.jupiter.api.Test;

import java.util.List;

class AdvisorTest {
    private final Fitting fitting =
            new Fitting(new LlamaEstimate(Overheads.usual(HostPacking.NONE)));

    private Advice advise(ModelDescription model, List<ComputeDevice> devices, long context) {
        LlamaSettings settings =
                LlamaSettings.defaults().toBuilder().context(context).parallel(1).build();
        return new Advisor(model, Quant.LADDER, fitting)
                .advise(devices, settings, 8, Calibration.NONE);
    }

    private static Row row(Advice advice, Quant quant) {
        return advice.rows().stream().filter(r -> r.quant() == quant).findFirst().orElseThrow();
    }

    private static List<ComputeDevice> first(String box) {
        Box b = Boxes.named(box);
        return List.of(b.gpus().getFirst(), b.host());
    }

    /** S1: which 8B quantisation for the P4000, with room for a longer context. */
    @Test
    void advise_eightBillionOnTheP4000_dependsOnTheContext() {
        ModelDescription hermes = Synthetic.llama8(Quant.Q5_K_M);
        Advice advice = advise(hermes, first("dual"), 8192);
        assertThat(row(advice, Quant.Q8_0).fit()).isEqualTo(Fit.PARTIAL);
        assertThat(row(advice, Quant.Q5_K_M).fit()).isEqualTo(Fit.FULL);
        assertThat(row(advice, Quant.Q5_K_M).own()).isTrue();
        assertThat(row(advice, Quant.Q5_K_M).largestContext().orElseThrow())
                .isBetween(8192L, 20_000L);
        assertThat(advice.recommended()).contains(Quant.Q6_K);
        assertThat(advice.reason()).contains("Q6_K", "8192 tokens", "Q8_0 does not fit");
        assertThat(advise(hermes, first("dual"), 12288).recommended()).contains(Quant.Q5_K_M);
        assertThat(advise(hermes, first("dual"), 20480).recommended()).contains(Quant.Q4_K_M);
    }

    @Test
    void advise_roomForAll_takesTheFastestThatLosesNothing() {
        Box box = Boxes.of(GpuTable.standard().require("RTX 4090"), 1);
        Advice advice = advise(Synthetic.llama8(Quant.Q4_K_M), box.devices(), 8192);
        assertThat(advice.recommended()).contains(Quant.Q8_0);
        assertThat(row(advice, Quant.F16).fit()).isEqualTo(Fit.FULL);
        assertThat(advice.reason()).contains("lose next to nothing");
    }

    @Test
    void advise_rows_areOrderedAndMonotonic() {
        Box box = Boxes.of(GpuTable.standard().require("RTX 3060 12GB"), 1);
        Advice advice = advise(Synthetic.qwen3of8(Quant.Q4_K_M), box.devices(), 8192);
        List<Row> rows = advice.rows();
        for (int i = 1; i < rows.size(); i++) {
            assertThat(rows.get(i).divergence().value())
                    .isGreaterThanOrEqualTo(rows.get(i - 1).divergence().value());
        }
        assertThat(row(advice, Quant.Q4_K_M).largestContext().orElseThrow())
                .isGreaterThan(row(advice, Quant.Q6_K).largestContext().orElseThrow());
        assertThat(row(advice, Quant.Q4_K_M).speed().orElseThrow().decode().expected())
                .isGreaterThan(row(advice, Quant.Q8_0).speed().orElseThrow().decode().expected());
    }

    @Test
    void advise_seventyBillionOnOneGpu_saysThatItIsPartial() {
        Box box = Boxes.of(GpuTable.standard().require("RTX 3090"), 1);
        Advisor advisor =
                new Advisor(
                        Synthetic.llama70(Quant.Q4_K_M),
                        List.of(Quant.Q8_0, Quant.Q4_K_M),
                        fitting);
        Advice advice =
                advisor.advise(box.devices(), LlamaSettings.defaults(), 8, Calibration.NONE);
        assertThat(row(advice, Quant.Q4_K_M).fit()).isEqualTo(Fit.PARTIAL);
        assertThat(row(advice, Quant.Q8_0).fit()).isEqualTo(Fit.PARTIAL);
        assertThat(advice.recommended()).contains(Quant.Q4_K_M);
        assertThat(advice.reason()).contains("None stays on the GPU", "layers on the GPU");
    }

    @Test
    void advise_smallQuantisationAlone_warnsOfItsLoss() {
        Box box = Boxes.of(GpuTable.standard().require("RTX 4060"), 1);
        Advice advice = advise(Synthetic.phi4(Quant.Q4_K_M), box.devices(), 4096);
        assertThat(row(advice, Quant.Q4_K_M).fit()).isEqualTo(Fit.PARTIAL);
        assertThat(advice.reason()).contains("loses much");
    }

    @Test
    void advise_mixture_putsExpertsOnTheHostFirst() {
        Box box = Boxes.of(GpuTable.standard().require("RTX 4060 Ti 8GB"), 1);
        Advice advice = advise(Synthetic.qwen3mixture(Quant.Q4_K_M), box.devices(), 8192);
        Row row = row(advice, Quant.Q4_K_M);
        assertThat(row.fit()).isEqualTo(Fit.PARTIAL);
        assertThat(row.settings().cpuExpertLayers()).isBetween(20, 47);
        assertThat(row.plan().gpuLayers()).isEqualTo(49);
    }

    @Test
    void advise_noRoomAnywhere_recommendsNone() {
        Box box = Boxes.of(GpuTable.standard().require("GTX 1050 Ti"), 1);
        ComputeDevice host = box.host().withFree(Bytes.gib(4));
        Advice advice =
                advise(Synthetic.llama70(Quant.Q4_K_M), List.of(box.gpus().getFirst(), host), 4096);
        assertThat(advice.recommended()).isEmpty();
        assertThat(advice.rows()).allMatch(r -> r.fit() == Fit.NO && r.speed().isEmpty());
        assertThat(advice.reason()).contains("No quantisation has room");
    }

    @Test
    void advise_processorAlone_isFullWhereTheHostHasRoom() {
        Box cpu = Boxes.named("cpu");
        Advice advice = advise(Synthetic.llama3of3(Quant.Q4_K_M), cpu.devices(), 4096);
        assertThat(row(advice, Quant.Q4_K_M).fit()).isEqualTo(Fit.FULL);
        assertThat(row(advice, Quant.Q4_K_M).speed().orElseThrow().decode().expected())
                .isBetween(12.0, 30.0);
    }

    /** S2: the largest safe model on 128 GB is 60–70B. */
    @Test
    void advise_seventyBillionOnThor_fitsButIsSlow() {
        Advice advice =
                advise(Synthetic.llama70(Quant.Q4_K_M), Boxes.named("thor").devices(), 8192);
        assertThat(row(advice, Quant.Q4_K_M).fit()).isEqualTo(Fit.FULL);
        assertThat(row(advice, Quant.F16).fit()).isEqualTo(Fit.NO);
        assertThat(advice.reason()).contains("No quantisation reaches 8 tok/s");
    }

    @Test
    void advise_otherFormat_isRefused() {
        ModelDescription m = Synthetic.llama8(Quant.F16);
        ModelDescription safetensors =
                new ModelDescription(
                        m.name(),
                        m.origin(),
                        ModelFormat.SAFETENSORS,
                        m.architecture(),
                        m.parameters(),
                        m.quantization(),
                        m.shape(),
                        m.tensors(),
                        m.fileSize(),
                        m.sidecars(),
                        m.defaults(),
                        m.remarks());
        assertThatThrownBy(() -> new Advisor(safetensors, Quant.USUAL, fitting))
                .isInstanceOf(UserError.class);
    }
}
