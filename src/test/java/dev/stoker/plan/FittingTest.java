package dev.stoker.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryPlan;
import dev.stoker.memory.llama.HostPacking;
import dev.stoker.memory.llama.Overheads;
import dev.stoker.model.ModelDescription;
import dev.stoker.plan.Fitting.Found;
import dev.stoker.plan.advise.Quant;
import dev.stoker.plan.device.Box;
import dev.stoker.plan.device.Boxes;
import dev.stoker.plan.device.GpuModel;
import dev.stoker.plan.device.GpuTable;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;

import java.util.List;

class FittingTest {
    private final Estimate estimate = new LlamaEstimate(Overheads.usual(HostPacking.NONE));
    private final Fitting fitting = new Fitting(estimate);
    private final ModelDescription model = Synthetic.llama8(Quant.Q4_K_M);

    private static LlamaSettings slots(int count) {
        return LlamaSettings.defaults().toBuilder().parallel(count).build();
    }

    private static Box gpu(String name) {
        GpuModel found = GpuTable.standard().require(name);
        return Boxes.of(found, 1);
    }

    private boolean holds(Box box, int slots, long each) {
        LlamaSettings s = slots(slots).toBuilder().context(each * slots).build();
        return Fitting.roomy(fitting.full(model, s, box.memories()));
    }

    @Property(tries = 60)
    void largestContext_anyMemory_isTheLastThatFits(
            @ForAll @DoubleRange(min = 2, max = 40) double gib,
            @ForAll @IntRange(min = 1, max = 4) int slots) {
        Box box = Boxes.told(Bytes.gib(gib), 500, 1);
        var most = fitting.largestContext(model, slots(slots), box.memories());
        if (most.isEmpty()) {
            assertThat(holds(box, slots, 256) && holds(box, slots, 512)).isFalse();
            return;
        }
        long each = most.getAsLong();
        assertThat(each % 256).isZero();
        assertThat(holds(box, slots, each)).isTrue();
        assertThat(each == 131072 || !holds(box, slots, each + 256)).isTrue();
    }

    @Test
    void mostSlots_ofOneLength_areTheLastThatFit() {
        Box box = gpu("RTX 4060");
        int most = fitting.mostSlots(model, slots(1), box.memories(), 4096);
        assertThat(most).isBetween(2, 10);
        LlamaSettings more =
                slots(most + 1).toBuilder().unifiedCache(false).context((most + 1) * 4096L).build();
        assertThat(Fitting.roomy(fitting.full(model, more, box.memories()))).isFalse();
        assertThat(
                        fitting.mostSlots(
                                model, slots(1), Boxes.told(Bytes.gib(2), 9, 1).memories(), 4096))
                .isZero();
    }

    @Test
    void most_dense_movesAsFewLayersAsNeeded() {
        Box box = gpu("RTX 2060");
        LlamaSettings s = slots(1).toBuilder().context(8192).build();
        Found found = fitting.most(model, s, box.memories()).orElseThrow();
        int layers = found.settings().gpuLayers().orElseThrow();
        assertThat(layers).isBetween(15, 32);
        assertThat(Fitting.roomy(found.plan())).isTrue();
        LlamaSettings more = found.settings().toBuilder().gpuLayers(layers + 1).build();
        assertThat(Fitting.roomy(estimate.plan(model, more, box.memories()))).isFalse();
    }

    @Test
    void most_hostWithoutRoom_isNone() {
        Box box = gpu("RTX 2060");
        Box poor = new Box("", "", box.gpus(), box.host().withFree(Bytes.mib(700)), 1);
        LlamaSettings s = slots(1).toBuilder().context(65536).build();
        assertThat(fitting.most(model, s, poor.memories())).isEmpty();
    }

    @Test
    void roomy_sharedMemory_isCountedOnce() {
        Box spark = Boxes.named("spark");
        ModelDescription large = Synthetic.llama70(Quant.Q8_0);
        LlamaSettings s = slots(1).toBuilder().context(4096).build();
        MemoryPlan plan = fitting.full(large, s, spark.memories());
        assertThat(Fitting.roomy(plan)).isTrue();
        Bytes gpuPart = plan.devices().getFirst().wanted();
        Box tight =
                new Box(
                        "",
                        "",
                        List.of(spark.gpus().getFirst().withFree(gpuPart)),
                        spark.host().withFree(gpuPart),
                        1);
        // Each fits for itself, both together do not.
        MemoryPlan both = fitting.full(large, s, tight.memories());
        assertThat(both.fits()).isTrue();
        assertThat(Fitting.roomy(both)).isFalse();
    }

    @Test
    void fits_ownRule_isAsked() {
        Fitting never = new Fitting(estimate, plan -> false);
        Box box = gpu("RTX 4090");
        assertThat(never.largestContext(model, slots(1), box.memories())).isEmpty();
        assertThat(never.mostSlots(model, slots(1), box.memories(), 256)).isZero();
    }
}
