package dev.stoker.plan.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.Bytes;
import dev.stoker.base.UserError;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.DevicePlan;
import dev.stoker.memory.ItemKind;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.memory.MemoryItem;
import dev.stoker.memory.MemoryPlan;
import dev.stoker.model.ModelDescription;
import dev.stoker.plan.Estimate;
import dev.stoker.plan.Synthetic;
import dev.stoker.plan.advise.Quant;
import dev.stoker.plan.pack.Packing.Placed;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** With an estimator of round figures: weights as the file, 1 GiB for each process on each GPU. */
class PackerTest {
    private static final Estimate ROUND = PackerTest::round;

    private final Packer packer = new Packer(ROUND);

    /** Equal layers, shared out to GPUs by free memory. */
    private static MemoryPlan round(
            ModelDescription model, LlamaSettings settings, List<MemoryDevice> devices) {
        long gib = 1L << 30;
        long file = model.fileSize().value().count();
        int layers = model.shape().value().blocks() + 1;
        List<MemoryDevice> gpus =
                devices.stream().filter(d -> d.kind() != DeviceKind.HOST).toList();
        double free = gpus.stream().mapToDouble(d -> d.free().count()).sum();
        List<DevicePlan> plans = new ArrayList<>();
        int from = 0;
        double sum = 0;
        for (MemoryDevice gpu : gpus) {
            sum += gpu.free().count() / free;
            int to = gpu == gpus.getLast() ? layers : (int) Math.round(sum * layers);
            plans.add(
                    new DevicePlan(
                            gpu,
                            List.of(
                                    MemoryItem.exact(
                                            ItemKind.WEIGHTS, file * (to - from) / layers, ""),
                                    MemoryItem.exact(ItemKind.CONTEXT, gib, "")),
                            IntStream.range(from, to).boxed().toList()));
            from = to;
        }
        for (MemoryDevice host : devices) {
            if (host.kind() == DeviceKind.HOST) {
                long bytes = gpus.isEmpty() ? file : gib / 4;
                plans.add(
                        new DevicePlan(
                                host,
                                List.of(MemoryItem.exact(ItemKind.WEIGHTS, bytes, "")),
                                List.of()));
            }
        }
        return new MemoryPlan(plans, gpus.isEmpty() ? 0 : layers, layers, 4096, 1, List.of());
    }

    private static Demand demand(String name, double gib) {
        return demand(name, gib, 0);
    }

    private static Demand demand(String name, double gib, int priority) {
        ModelDescription m = Synthetic.llama8(Quant.F16);
        ModelDescription sized =
                new ModelDescription(
                        name,
                        m.origin(),
                        m.format(),
                        m.architecture(),
                        m.parameters(),
                        m.quantization(),
                        m.shape(),
                        m.tensors(),
                        m.fileSize().map(b -> Bytes.gib(gib)),
                        m.sidecars(),
                        m.defaults(),
                        m.remarks());
        return new Demand(sized, LlamaSettings.defaults(), priority);
    }

    private static MemoryDevice gpu(String name, double gib) {
        return new MemoryDevice(name, DeviceKind.CUDA, Bytes.gib(gib), Bytes.gib(gib), false);
    }

    private static MemoryDevice host(double gib) {
        return new MemoryDevice("host", DeviceKind.HOST, Bytes.gib(gib), Bytes.gib(gib), false);
    }

    private static List<String> names(Packing packing) {
        return packing.placed().stream().map(p -> p.demand().name()).toList();
    }

    private static List<String> out(Packing packing) {
        return packing.left().stream().map(l -> l.demand().name()).toList();
    }

    @Test
    void pack_eachOnItsGpu_chargesTheDriverForEachProcess() {
        Packing packing =
                packer.pack(
                        List.of(demand("a", 5), demand("b", 4), demand("c", 2)),
                        List.of(gpu("8", 8), gpu("8b", 8), host(32)));
        assertThat(packing.all()).isTrue();
        assertThat(packing.optimal()).isTrue();
        long room = packing.devices().stream().mapToLong(l -> l.room().count()).sum();
        assertThat(room).isEqualTo(16 * (1L << 30) - (5 + 4 + 2 + 3) * (1L << 30));
    }

    @Test
    void pack_tooMany_keepsMostAndSaysWhy() {
        Packing packing =
                packer.pack(
                        List.of(demand("a", 6), demand("b", 5), demand("c", 3)),
                        List.of(gpu("12", 12), host(32)));
        // Of two sets of two, the one that leaves more free.
        assertThat(names(packing)).containsExactly("b", "c");
        assertThat(out(packing)).containsExactly("a");
        assertThat(packing.left().getFirst().reason()).contains("7.0 GiB", "others leave less");
        assertThat(packing.how()).contains("Optimal");
    }

    @Test
    void pack_priority_goesBeforeAnyNumber() {
        Packing packing =
                packer.pack(
                        List.of(demand("small", 2), demand("small2", 2), demand("large", 9, 1)),
                        List.of(gpu("10", 10), host(32)));
        assertThat(names(packing)).containsExactly("large");
        assertThat(out(packing)).containsExactly("small", "small2");
    }

    @Test
    void pack_modelTooLargeForOne_isSplitOverAsFewAsNeeded() {
        List<MemoryDevice> devices =
                List.of(gpu("24a", 24), gpu("24b", 24), gpu("24c", 24), host(64));
        Packing packing = packer.pack(List.of(demand("70b", 40), demand("8b", 5)), devices);
        assertThat(packing.all()).isTrue();
        Placed large = packing.of("70b").orElseThrow();
        assertThat(large.devices()).hasSize(2);
        assertThat(large.plan().devices().getFirst().layers()).isNotEmpty();
        int small = packing.of("8b").orElseThrow().devices().getFirst();
        assertThat(large.devices()).doesNotContain(small);
        for (Packing.Load load : packing.devices()) {
            assertThat(load.room().count()).isNotNegative();
        }
    }

    @Test
    void pack_modelForNoGpu_isLeftWithItsReason() {
        Packing packing = packer.pack(List.of(demand("70b", 40)), List.of(gpu("24", 24), host(64)));
        assertThat(packing.placed()).isEmpty();
        assertThat(packing.left().getFirst().reason()).contains("more than any GPU has");
        assertThat(packing.optimal()).isTrue();
    }

    @Test
    void pack_hostFull_countsTheHostToo() {
        List<MemoryDevice> devices = List.of(gpu("24", 24), host(0.5));
        Packing packing =
                packer.pack(List.of(demand("a", 2), demand("b", 2), demand("c", 2)), devices);
        assertThat(packing.placed()).hasSize(2);
    }

    @Test
    void pack_withoutGpu_usesTheHost() {
        Packing packing = packer.pack(List.of(demand("a", 5), demand("b", 4)), List.of(host(10)));
        assertThat(packing.all()).isTrue();
        assertThat(packing.devices()).hasSize(1);
        assertThat(packing.devices().getFirst().room()).isEqualTo(Bytes.gib(1));
    }

    @Test
    void pack_sharedMemory_isOnePool() {
        MemoryDevice thor =
                new MemoryDevice("Thor", DeviceKind.CUDA, Bytes.gib(100), Bytes.gib(90), true);
        Packing packing =
                packer.pack(
                        List.of(demand("a", 40), demand("b", 40), demand("c", 10)),
                        List.of(thor, host(90)));
        assertThat(packing.placed()).hasSize(2);
        // 1 GiB for the process and a quarter for the host part of each.
        assertThat(packing.devices().getFirst().room()).isEqualTo(Bytes.gib(90 - 52.5));
        assertThat(packing.left().getFirst().reason()).contains("41.3 GiB");
    }

    @Test
    void admit_newcomer_evictsAsFewAndAsLowAsPossible() {
        List<Demand> residents =
                List.of(demand("chat", 5, 2), demand("code", 5, 1), demand("small", 2, 1));
        List<MemoryDevice> devices = List.of(gpu("16", 16), host(32));
        assertThat(packer.pack(residents, devices).all()).isTrue();
        Packing with = packer.admit(residents, demand("new", 5, 0), devices);
        assertThat(out(with)).containsExactly("code");
        Packing huge = packer.admit(residents, demand("new", 30, 0), devices);
        assertThat(out(huge)).containsExactly("new");
    }

    @Test
    void more_twoFurther_areTheLargestThatFitTogether() {
        List<MemoryDevice> devices = List.of(gpu("24", 24), host(64));
        List<Demand> residents = List.of(demand("a", 5), demand("b", 5));
        List<Demand> others =
                List.of(demand("x", 9), demand("y", 4), demand("z", 3), demand("w", 1));
        assertThat(packer.more(residents, others, 1, 5, devices))
                .extracting(set -> set.getFirst().name())
                .containsExactly("x", "y", "z", "w");
        assertThat(packer.more(residents, others, 2, 2, devices))
                .extracting(set -> set.get(0).name() + set.get(1).name())
                .containsExactly("xw", "yz");
        assertThat(packer.more(List.of(demand("q", 40)), others, 1, 5, devices)).isEmpty();
    }

    @Test
    void order_models_areSmallestFirstAndHopelessLast() {
        List<MemoryDevice> devices = List.of(gpu("24", 24), host(64));
        assertThat(packer.order(List.of(demand("m", 9), demand("xl", 70), demand("s", 2)), devices))
                .extracting(Demand::name)
                .containsExactly("s", "m", "xl");
    }

    @Test
    void pack_manyModels_endsAndStatesTheGap() {
        List<Demand> many =
                IntStream.range(0, 40)
                        .mapToObj(i -> demand("m" + i, 2 + i * 7 % 11 * 0.7))
                        .toList();
        List<MemoryDevice> devices =
                Stream.concat(
                                IntStream.range(0, 6).mapToObj(i -> gpu("g" + i, 16 + 3 * i)),
                                Stream.of(host(512)))
                        .toList();
        Packing packing = new Packer(ROUND, 20_000).pack(many, devices);
        assertThat(packing.placed()).hasSizeGreaterThan(15);
        if (!packing.optimal()) {
            assertThat(packing.gap()).isBetween(1, packing.left().size());
            assertThat(packing.how()).contains("at most " + packing.gap() + " more");
        }
        for (Packing.Load load : packing.devices()) {
            assertThat(load.room().count()).isNotNegative();
        }
    }

    @Test
    void pack_tooManyModels_isRefused() {
        List<Demand> many = IntStream.range(0, 65).mapToObj(i -> demand("m" + i, 1)).toList();
        assertThatThrownBy(() -> packer.pack(many, List.of(host(10))))
                .isInstanceOf(UserError.class);
    }

    @Test
    void pack_nothing_leavesAllFree() {
        Packing packing = packer.pack(List.of(), List.of(gpu("8", 8), host(16)));
        assertThat(packing.all()).isTrue();
        assertThat(packing.devices().getFirst().room()).isEqualTo(Bytes.gib(8));
    }
}
