package dev.stoker.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuDevice;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuPicture;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuReport;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuVendor;
import dev.stoker.host.HostMemory;
import dev.stoker.host.HostProcess;
import dev.stoker.host.HostSample;
import dev.stoker.host.ProcessDetails;
import dev.stoker.machine.MachineSample;
import dev.stoker.server.state.ModelState;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class MemoryBudgetTest {
    private static final Bytes GIB = Bytes.gib(1);

    private final List<GpuSample> gpus = new ArrayList<>();
    private final Map<Long, ProcessDetails> processes = new HashMap<>();
    private final Map<Long, String> models = new HashMap<>();

    private static <T> Reading<T> none() {
        return Reading.unsupported("not told");
    }

    /** A GPU of 24 GiB, 10 of them used. */
    private void gpu(boolean unified, GpuProcess... holders) {
        gpus.add(
                GpuSample.of(
                                new GpuDevice(
                                        gpus.size(),
                                        none(),
                                        Reading.known("GPU-" + gpus.size()),
                                        none(),
                                        GpuVendor.NVIDIA,
                                        unified,
                                        none()),
                                Story.START,
                                0)
                        .put(GpuMetric.MEMORY_USED, Bytes.gib(10).count())
                        .put(GpuMetric.MEMORY_FREE, Bytes.gib(14).count())
                        .put(GpuMetric.MEMORY_TOTAL, Bytes.gib(24).count())
                        .processes(Reading.known(List.of(holders)))
                        .build());
    }

    private static GpuProcess holds(long pid, double gib) {
        return GpuProcess.of(
                pid, GpuProcess.Kind.COMPUTE, Reading.known(Bytes.gib(gib)), "not told");
    }

    private void sees(long pid, double residentGib) {
        processes.put(
                pid,
                new ProcessDetails(
                        new HostProcess(pid, 1, "p", "p"),
                        none(),
                        none(),
                        none(),
                        Reading.known(Bytes.gib(residentGib)),
                        none()));
    }

    private MemoryBudget budget(Story.M... loaded) {
        Reading<Bytes> zero = Reading.known(Bytes.ZERO);
        HostMemory memory =
                new HostMemory(
                        Reading.known(Bytes.gib(64)),
                        Reading.known(Bytes.gib(40)),
                        Reading.known(Bytes.gib(15)),
                        Reading.known(Bytes.gib(30)),
                        zero,
                        zero);
        GpuReport report =
                new GpuReport("NVML", Story.START, 0, gpus, none(), none(), Optional.empty());
        return MemoryBudget.of(
                new MachineCourse()
                        .next(
                                new MachineSample(
                                        Story.START,
                                        0,
                                        new GpuPicture(
                                                List.of(
                                                        new GpuPicture.Part(
                                                                report,
                                                                Duration.ZERO,
                                                                Optional.empty()))),
                                        HostSample.ofMemory(memory, Story.START, 0, "not told"),
                                        processes,
                                        List.of(
                                                Story.server(
                                                        0,
                                                        List.of(loaded).stream()
                                                                .map(Story.M::done)
                                                                .toArray(ModelState[]::new))),
                                        models)));
    }

    private MemoryBudget.Part first(Story.M... loaded) {
        return budget(loaded).gpus().getFirst().part();
    }

    @Test
    void gpu_processesOfModels_areToldApartFromOthers() {
        gpu(false, holds(100, 6), holds(7, 3));
        sees(100, 1);
        sees(7, 1);
        models.put(100L, "a");
        MemoryBudget.Part part = first(Story.M.of("a"));
        assertThat(part.models()).isEqualTo(Reading.known(Bytes.gib(6)));
        assertThat(part.others()).isEqualTo(Reading.known(Bytes.gib(4)));
        assertThat(part.free()).isEqualTo(Reading.known(Bytes.gib(14)));
        assertThat(part.reckoned()).isFalse();
    }

    @Test
    void gpu_processesThatAreNotSeen_leaveTheServersWord() {
        gpu(false, holds(4_000_000, 9));
        MemoryBudget.Part part = first(Story.M.of("a"));
        assertThat(part.models()).isEqualTo(Reading.known(Bytes.gib(6)));
        assertThat(part.reckoned()).isTrue();
    }

    @Test
    void gpus_twoWithoutAProcess_areNotKnown() {
        gpu(false, holds(4_000_000, 9));
        gpu(false);
        MemoryBudget.Part part = first(Story.M.of("a"));
        assertThat(part.models().isKnown()).isFalse();
        assertThat(part.others().isKnown()).isFalse();
    }

    @Test
    void gpu_noModel_leavesAllToOthers() {
        gpu(false);
        MemoryBudget.Part part = first();
        assertThat(part.models()).isEqualTo(Reading.known(Bytes.ZERO));
        assertThat(part.others()).isEqualTo(Reading.known(Bytes.gib(10)));
    }

    @Test
    void gpu_unified_hasNoPartOfItsOwn() {
        gpu(true);
        MemoryBudget budget = budget(Story.M.of("a"));
        assertThat(budget.gpus()).isEmpty();
        assertThat(budget.host().models()).isEqualTo(Reading.known(Bytes.gib(6)));
        assertThat(budget.host().reckoned()).isTrue();
    }

    @Test
    void host_parts_makeUpTheWhole() {
        sees(100, 2);
        MemoryBudget.Part host = budget(Story.M.of("a")).host();
        assertThat(host.models()).isEqualTo(Reading.known(Bytes.gib(2)));
        assertThat(host.others()).isEqualTo(Reading.known(Bytes.gib(22)));
        assertThat(host.reclaimable()).isEqualTo(Reading.known(Bytes.gib(25)));
        assertThat(host.free()).isEqualTo(Reading.known(Bytes.gib(15)));
        assertThat(
                        host.models().value().count()
                                + host.others().value().count()
                                + host.reclaimable().value().count()
                                + host.free().value().count())
                .isEqualTo(64 * GIB.count());
    }

    @Test
    void host_modelsMostlyOfFiles_leaveOthersUnknown() {
        sees(100, 30);
        MemoryBudget.Part host = budget(Story.M.of("a")).host();
        assertThat(host.models()).isEqualTo(Reading.known(Bytes.gib(30)));
        assertThat(host.others().isKnown()).isFalse();
        assertThat(host.others().reason()).contains("files that could be dropped");
    }

    @Test
    void host_processNotSeen_isNotKnown() {
        assertThat(budget(Story.M.of("a")).host().models().isKnown()).isFalse();
    }
}
