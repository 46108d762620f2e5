package dev.stoker.plan.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.base.Bytes;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryPlan;
import dev.stoker.memory.llama.HostPacking;
import dev.stoker.memory.llama.Overheads;
import dev.stoker.model.ModelDescription;
import dev.stoker.plan.Fitting;
import dev.stoker.plan.LlamaEstimate;
import dev.stoker.plan.Synthetic;
import dev.stoker.plan.advise.Quant;
import dev.stoker.plan.device.Box;
import dev.stoker.plan.device.Boxes;

import org.junit.jupiter.api.Test;

import java.util.List;

/** The stories, with the program's own estimator and models of the true shapes. */
class StoriesTest {
    private final LlamaEstimate estimate = new LlamaEstimate(Overheads.usual(HostPacking.NONE));
    private final Packer packer = new Packer(estimate);

    /** As Ollama loads a model: one slot of 4096 tokens. */
    private static Demand ollama(ModelDescription model) {
        LlamaSettings settings =
                LlamaSettings.defaults().toBuilder().context(4096).parallel(1).batch(512).build();
        return new Demand(model, settings);
    }

    private static Demand known(String name) {
        return ollama(KnownModels.named(name).orElseThrow());
    }

    /** S1: hermes3 Q5_K_M took 5978 of 8192 MiB on the P4000 alone. */
    @Test
    void s1_hermes_fitsOneGpuAndTakesWhatWasMeasured() {
        Box dual = Boxes.named("dual");
        Demand hermes = ollama(Synthetic.llama8(Quant.Q5_K_M));
        Packing packing = packer.pack(List.of(hermes), dual.memories());
        assertThat(packing.all()).isTrue();
        assertThat(packing.placed().getFirst().devices()).containsExactly(0);
        double mib = packing.devices().getFirst().shares().getFirst().bytes().toMib();
        assertThat(mib).isCloseTo(5978, within(400.0));
    }

    /** S1: is there room for a second model? */
    @Test
    void s1_secondModel_fitsTheOtherGpu() {
        Box dual = Boxes.named("dual");
        Demand hermes = ollama(Synthetic.llama8(Quant.Q5_K_M));
        Demand phi = known("phi4-mini:3.8b");
        Packing packing = packer.pack(List.of(hermes, phi), dual.memories());
        assertThat(packing.all()).isTrue();
        assertThat(packing.of("llama3.1:8b").orElseThrow().devices()).containsExactly(0);
        assertThat(packing.of("phi4-mini:3.8b").orElseThrow().devices()).containsExactly(1);
        // A second 8B of 5 bits does not: 6 GB with a display are too few.
        Demand dolphin = ollama(renamed(Synthetic.llama8(Quant.Q5_K_M), "dolphin3:8b"));
        Packing two = packer.pack(List.of(hermes, dolphin), dual.memories());
        assertThat(two.placed()).hasSize(1);
        assertThat(two.optimal()).isTrue();
    }

    /** S1: deepseek-r1:8b Q8_0 (8.9 GB) is for both GPUs together. */
    @Test
    void s1_eightBits_needBothGpus() {
        Packing packing =
                packer.pack(
                        List.of(ollama(Synthetic.qwen3of8(Quant.Q8_0))),
                        Boxes.named("dual").memories());
        assertThat(packing.all()).isTrue();
        assertThat(packing.placed().getFirst().devices()).containsExactly(0, 1);
    }

    private static ModelDescription renamed(ModelDescription m, String name) {
        return new ModelDescription(
                name,
                m.origin(),
                m.format(),
                m.architecture(),
                m.parameters(),
                m.quantization(),
                m.shape(),
                m.tensors(),
                m.fileSize(),
                m.sidecars(),
                m.defaults(),
                m.remarks());
    }

    private List<Demand> five() {
        return List.of(
                ollama(Synthetic.llama70(Quant.Q4_K_M)),
                ollama(Synthetic.qwen2of32(Quant.Q4_K_M)),
                ollama(renamed(Synthetic.qwen2of32(Quant.Q4_K_M), "qwq:32b")),
                ollama(Synthetic.phi4(Quant.Q4_K_M)),
                ollama(Synthetic.qwen2of7(Quant.Q4_K_M)));
    }

    /** S2: the order in which a late failure costs least. */
    @Test
    void s2_fiveModels_areOrderedSmallToLarge() {
        assertThat(packer.order(five(), Boxes.named("thor").memories()))
                .extracting(Demand::name)
                .containsExactly(
                        "deepseek-r1:7b",
                        "phi4:14b",
                        "qwen2.5-coder:32b",
                        "qwq:32b",
                        "llama3.3:70b");
    }

    /**
     * S2: 56 GB of models still there, then the 70B: 98 GB, and the machine became unstable. All
     * five do not stay together; four do.
     */
    @Test
    void s2_allFive_doNotStayTogether() {
        Packing packing = packer.pack(five(), Boxes.named("thor").memories());
        assertThat(packing.placed()).hasSize(4);
        assertThat(packing.left()).hasSize(1);
        assertThat(packing.optimal()).isTrue();
    }

    /** S2: the RAM a 70B takes was 42–45 GB, a 32B 18–21, a 14B 8–10, a 7B 5–6. */
    @Test
    void s2_memoryBySize_isThatOfTheStory() {
        assertThat(gb(Synthetic.llama70(Quant.Q4_K_M))).isBetween(42.0, 46.0);
        assertThat(gb(Synthetic.qwen2of32(Quant.Q4_K_M))).isBetween(18.0, 22.5);
        assertThat(gb(Synthetic.phi4(Quant.Q4_K_M))).isBetween(8.0, 11.0);
        assertThat(gb(Synthetic.qwen2of7(Quant.Q4_K_M))).isBetween(4.7, 6.0);
    }

    private double gb(ModelDescription model) {
        MemoryPlan plan =
                estimate.plan(
                        model,
                        Fitting.all(model, ollama(model).settings()),
                        Boxes.named("thor").memories());
        return plan.total().toGb();
    }

    /**
     * S2: the largest safe model. The story says 60–70B, by its rule of 0.65 GB per billion
     * parameters and 20 GB of headroom; the 70B has room twice over, and a mixture of 120B fits
     * too, since its 4-bit experts take 65 GB.
     */
    @Test
    void s2_largestSafeModel_isBeyondTheStorys() {
        List<Demand> all = KnownModels.all().stream().map(StoriesTest::ollama).toList();
        List<List<Demand>> fit = packer.more(List.of(), all, 1, 2, Boxes.named("thor").memories());
        assertThat(fit)
                .extracting(set -> set.getFirst().name())
                .containsExactly("gpt-oss:120b", "llama3.3:70b");
        Demand eightBits = ollama(Synthetic.llama70(Quant.Q8_0));
        assertThat(packer.pack(List.of(eightBits), Boxes.named("thor").memories()).all()).isTrue();
        Demand sixteen = ollama(Synthetic.llama70(Quant.F16));
        assertThat(packer.pack(List.of(sixteen), Boxes.named("thor").memories()).all()).isFalse();
    }

    private static List<Demand> arena() {
        return List.of(
                ollama(Synthetic.llama8(Quant.Q4_K_M)),
                ollama(Synthetic.mistral7(Quant.Q4_K_M)),
                ollama(Synthetic.qwen3of8(Quant.Q4_K_M)));
    }

    /** S3: 6.1, 5.8 and 6.5 GB; 16.5 of 23 GB used by all three, about 5 left. */
    @Test
    void s3_threeModels_stayTogether() {
        Packing packing = packer.pack(arena(), Boxes.named("a10g").memories());
        assertThat(packing.all()).isTrue();
        assertThat(packing.optimal()).isTrue();
        Bytes used = Bytes.ZERO;
        for (Packing.Share share : packing.devices().getFirst().shares()) {
            used = used.plus(share.bytes());
        }
        assertThat(used.toGb()).isBetween(16.0, 18.5);
        assertThat(packing.devices().getFirst().room().toGb()).isBetween(3.5, 6.0);
    }

    /** S3: two more small models are wanted. */
    @Test
    void s3_twoMore_areNamed() {
        List<Demand> all = KnownModels.all().stream().map(StoriesTest::ollama).toList();
        Box box = Boxes.named("a10g");
        List<List<Demand>> one = packer.more(arena(), all, 1, 1, box.memories());
        List<List<Demand>> two = packer.more(arena(), all, 2, 5, box.memories());
        assertThat(one.getFirst().getFirst().model().fileSize().value().toGb()).isBetween(2.0, 4.0);
        assertThat(two).isNotEmpty();
        for (List<Demand> pair : two) {
            double sum = pair.stream().mapToDouble(d -> d.model().fileSize().value().toGb()).sum();
            assertThat(sum).isBetween(1.0, 4.0);
        }
    }

    /** S3: a fourth 8B would throw one of the three out. */
    @Test
    void s3_fourthModel_evictsOne() {
        Packing packing =
                packer.admit(arena(), known("granite3.3:8b"), Boxes.named("a10g").memories());
        assertThat(packing.left()).hasSize(1);
        assertThat(packing.of("granite3.3:8b")).isPresent();
    }
}
