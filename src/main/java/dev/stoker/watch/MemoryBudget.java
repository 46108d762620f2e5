package dev.stoker.watch;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuSample;
import dev.stoker.host.HostMemory;
import dev.stoker.machine.MachineSample;
import dev.stoker.server.state.ModelCondition;

import java.util.ArrayList;
import java.util.List;

/**
 * Who has the memory of a machine: models, others, nobody. A GPU whose memory is the host's has no
 * part of its own. Immutable.
 *
 * @param gpus one for each GPU with memory of its own
 * @param host the host's
 */
public record MemoryBudget(List<OfGpu> gpus, Part host) {
    public MemoryBudget {
        gpus = List.copyOf(gpus);
    }

    /** The memory of one GPU. */
    public record OfGpu(GpuSample gpu, Part part) {}

    /**
     * One memory.
     *
     * @param models what models hold
     * @param reckoned whether that is the word of their servers, because no process tells
     * @param others what everything else holds
     * @param reclaimable files that are kept there and are dropped when the room is needed
     * @param free what nobody uses
     */
    public record Part(
            Reading<Bytes> total,
            Reading<Bytes> models,
            boolean reckoned,
            Reading<Bytes> others,
            Reading<Bytes> reclaimable,
            Reading<Bytes> free) {}

    public static MemoryBudget of(Moment now) {
        List<ModelView> here =
                now.models().stream()
                        .filter(now::isHere)
                        .filter(m -> m.state().condition() instanceof ModelCondition.Loaded)
                        .toList();
        List<OfGpu> gpus = new ArrayList<>();
        boolean unified = false;
        for (GpuSample gpu : now.machine().gpus()) {
            if (gpu.device().unifiedMemory()) {
                unified = true;
            } else {
                gpus.add(new OfGpu(gpu, ofGpu(now.machine(), gpu, here)));
            }
        }
        return new MemoryBudget(gpus, ofHost(now.machine().memory(), here, unified));
    }

    private static Part ofGpu(MachineSample machine, GpuSample gpu, List<ModelView> here) {
        Reading<Bytes> used = gpu.bytes(GpuMetric.MEMORY_USED);
        boolean told =
                here.stream().allMatch(m -> m.gpuMemory().isKnown())
                        && (seesAll(machine, gpu)
                                || here.stream().noneMatch(m -> m.gpuMemory().value().isEmpty()));
        boolean alone = machine.gpus().size() == 1;
        Reading<Bytes> models =
                told
                        ? held(machine, gpu)
                        : alone
                                ? sum(here.stream().map(m -> m.state().onGpu()).toList())
                                : Reading.unsupported(
                                        "which processes compute the models is not known");
        return new Part(
                gpu.bytes(GpuMetric.MEMORY_TOTAL),
                models,
                !told && models.isKnown(),
                rest(used, models),
                Reading.unsupported("a GPU's memory keeps no files"),
                gpu.bytes(GpuMetric.MEMORY_FREE));
    }

    /** A process that is not seen here may be a model's. */
    private static boolean seesAll(MachineSample machine, GpuSample gpu) {
        return gpu.processes().orElse(List.of()).stream()
                .allMatch(process -> machine.processes().containsKey(process.pid()));
    }

    private static Reading<Bytes> held(MachineSample machine, GpuSample gpu) {
        if (!gpu.processes().isKnown()) {
            return gpu.processes().map(_ -> Bytes.ZERO);
        }
        List<Reading<Bytes>> each = new ArrayList<>();
        for (GpuProcess process : gpu.processes().value()) {
            if (machine.models().containsKey(process.pid())) {
                each.add(process.memory());
            }
        }
        return sum(each);
    }

    /**
     * Of unified memory a model has what its server says, or what the driver says of its process;
     * of a host's own memory what its process has.
     */
    private static Part ofHost(HostMemory host, List<ModelView> here, boolean unified) {
        List<Reading<Bytes>> each = new ArrayList<>();
        boolean reckoned = false;
        for (ModelView model : here) {
            Reading<Bytes> said = model.state().total();
            boolean usable = said.isKnown() && said.value().count() > 0;
            if (unified && usable) {
                each.add(said);
                reckoned = true;
            } else if (unified && model.onGpus().isKnown()) {
                each.add(model.onGpus());
            } else {
                each.add(
                        model.process().isKnown()
                                ? model.process().value().resident()
                                : model.process().map(_ -> Bytes.ZERO));
            }
        }
        Reading<Bytes> models = sum(each);
        Reading<Bytes> used = minus(host.total(), host.available(), "");
        return new Part(
                host.total(),
                models,
                reckoned && models.isKnown(),
                rest(used, models),
                minus(host.available(), host.free(), "the kernel's figures do not fit together"),
                host.free());
    }

    private static Reading<Bytes> rest(Reading<Bytes> used, Reading<Bytes> models) {
        return minus(
                used,
                models,
                "models hold more than is in use: part of it are files that could be dropped");
    }

    private static Reading<Bytes> minus(Reading<Bytes> from, Reading<Bytes> part, String ifLess) {
        if (!from.isKnown() || !part.isKnown()) {
            return from.isKnown() ? part : from;
        }
        return from.value().compareTo(part.value()) < 0
                ? Reading.failed(ifLess)
                : Reading.known(from.value().minus(part.value()));
    }

    private static Reading<Bytes> sum(List<Reading<Bytes>> parts) {
        Bytes sum = Bytes.ZERO;
        for (Reading<Bytes> part : parts) {
            if (!part.isKnown()) {
                return part;
            }
            sum = sum.plus(part.value());
        }
        return Reading.known(sum);
    }
}
