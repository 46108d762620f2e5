package dev.stoker.plan.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.Bytes;
import dev.stoker.base.UserError;
import dev.stoker.memory.DeviceKind;

import org.junit.jupiter.api.Test;

import java.util.List;

class BoxesTest {

    @Test
    void named_allBoxes_endWithTheHost() {
        assertThat(Boxes.names())
                .contains("thor", "orin", "spark", "strix-halo", "dual", "a10g", "rtx5080", "cpu");
        for (String name : Boxes.names()) {
            Box box = Boxes.named(name);
            assertThat(box.devices().getLast().isHost()).isTrue();
            assertThat(box.gpus()).noneMatch(ComputeDevice::isHost);
            assertThat(box.memories())
                    .allMatch(m -> m.free().compareTo(m.capacity()) < 0)
                    .allMatch(m -> m.free().count() > 1L << 30);
        }
    }

    @Test
    void named_thor_hasTheBudgetOfItsStory() {
        Box thor = Boxes.named("thor");
        assertThat(thor.gpus()).hasSize(1);
        assertThat(thor.gpus().getFirst().memory().unified()).isTrue();
        assertThat(thor.gpus().getFirst().memory().free()).isEqualTo(Bytes.gb(103));
        assertThat(thor.host().memory().free()).isEqualTo(Bytes.gb(103));
    }

    @Test
    void named_dual_hasTwoUnequalGpus() {
        Box dual = Boxes.named("dual");
        assertThat(dual.gpus())
                .extracting(d -> d.memory().name())
                .containsExactly("Quadro P4000", "GTX 1060 6GB");
        assertThat(dual.gpus().get(1).memory().free()).isEqualTo(Bytes.mib(6144 - 450));
    }

    @Test
    void named_unknown_namesTheBoxes() {
        assertThatThrownBy(() -> Boxes.named("toaster"))
                .isInstanceOfSatisfying(
                        UserError.class, e -> assertThat(e.hint()).contains("thor", "dual"));
    }

    @Test
    void of_severalOfOneKind_haveNamesOfTheirOwn() {
        Box box = Boxes.of(GpuTable.standard().require("RTX 3090"), 3);
        assertThat(box.gpus())
                .extracting(d -> d.memory().name())
                .containsExactly("RTX 3090", "RTX 3090 #2", "RTX 3090 #3");
        assertThat(box.title()).isEqualTo("3 × RTX 3090");
        assertThat(box.memories()).extracting(m -> m.kind()).endsWith(DeviceKind.HOST);
        assertThatThrownBy(() -> Boxes.of(GpuTable.standard().require("RTX 3090"), 0))
                .isInstanceOf(UserError.class);
    }

    @Test
    void of_sharedMemory_hostHasTheSamePool() {
        Box box = Boxes.of(List.of(GpuTable.standard().require("DGX Spark")));
        assertThat(box.host().memory().capacity())
                .isEqualTo(box.gpus().getFirst().memory().capacity());
        assertThat(box.host().bandwidth()).isEqualTo(273);
    }

    @Test
    void told_memoryAndBandwidth_areTheDevice() {
        Box box = Boxes.told(Bytes.gib(24), 936, 2);
        assertThat(box.gpus()).hasSize(2).allMatch(d -> d.bandwidth() == 936);
        assertThat(box.gpus().getFirst().memory().free()).isEqualTo(Bytes.gib(24));
        assertThatThrownBy(() -> Boxes.told(Bytes.of(24), 936, 1)).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> Boxes.told(Bytes.gib(24), 0, 1)).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> Boxes.told(Bytes.gib(24), 936, 65)).isInstanceOf(UserError.class);
    }
}
