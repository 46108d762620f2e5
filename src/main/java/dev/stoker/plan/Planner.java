package dev.stoker.plan;

import dev.stoker.base.Bytes;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.DevicePlan;
import dev.stoker.memory.ItemKind;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.memory.MemoryItem;
import dev.stoker.memory.MemoryPlan;
import dev.stoker.memory.llama.LlamaFit;
import dev.stoker.memory.llama.LlamaMemory;
import dev.stoker.memory.llama.Overheads;
import dev.stoker.memory.ollama.OllamaBelief;
import dev.stoker.memory.vllm.VllmMemory;
import dev.stoker.model.ModelDescription;
import dev.stoker.plan.device.ComputeDevice;
import dev.stoker.plan.speed.Calibration;
import dev.stoker.plan.speed.SpeedEstimate;
import dev.stoker.plan.speed.SpeedModel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Plans one model on given devices for one server, with the program's one estimator. Pure and
 * thread-safe.
 */
public final class Planner {
    private final Overheads overheads;
    private final Bytes target;
    private final Calibration calibration;

    /**
     * @param overheads what a server's process takes beyond its buffers on this machine
     * @param target what llama-server's fitting keeps free on each device
     * @param calibration how this host's measured speed differs from the model
     */
    public Planner(Overheads overheads, Bytes target, Calibration calibration) {
        this.overheads = overheads;
        this.target = target;
        this.calibration = calibration;
    }

    /** Returns the plan for llama-server. */
    public ModelPlan llamaServer(
            ModelDescription model,
            LlamaSettings settings,
            List<ComputeDevice> devices,
            OptionalLong depth) {
        return planned(model, Engine.LLAMA_SERVER, settings, devices, depth, Optional.empty());
    }

    /**
     * Returns the plan for Ollama: with what its scheduler believes, and the devices that it
     * chooses.
     *
     * @param loaded models in memory now
     */
    public ModelPlan ollama(
            ModelDescription model,
            OllamaBelief.Request request,
            LlamaSettings more,
            List<ComputeDevice> devices,
            List<OllamaBelief.Loaded> loaded,
            OptionalLong depth) {
        LlamaMemory memory = LlamaMemory.of(model, overheads);
        OllamaBelief belief =
                OllamaBelief.of(model, memory.shape(), request, memories(devices), loaded);
        LlamaSettings settings =
                belief.settings().toBuilder()
                        .memoryMap(more.memoryMap() && maps(belief))
                        .repack(more.repack())
                        .fit(more.fit())
                        .build();
        List<ComputeDevice> chosen = chosen(devices, belief);
        return planned(model, Engine.OLLAMA, settings, chosen, depth, Optional.of(belief));
    }

    /**
     * Ollama has weights read, not mapped, on processors alone and for a GPU of the host's memory.
     */
    private static boolean maps(OllamaBelief belief) {
        return !belief.devices().isEmpty()
                && belief.devices().stream().noneMatch(MemoryDevice::unified);
    }

    /** The devices that Ollama hands on, with what is free after it has evicted. */
    private static List<ComputeDevice> chosen(List<ComputeDevice> devices, OllamaBelief belief) {
        List<ComputeDevice> chosen = new ArrayList<>();
        for (MemoryDevice device : belief.devices()) {
            devices.stream()
                    .filter(d -> d.memory().name().equals(device.name()))
                    .findFirst()
                    .ifPresent(d -> chosen.add(d.withFree(device.free())));
        }
        devices.stream().filter(ComputeDevice::isHost).forEach(chosen::add);
        return chosen;
    }

    private ModelPlan planned(
            ModelDescription model,
            Engine engine,
            LlamaSettings settings,
            List<ComputeDevice> devices,
            OptionalLong depth,
            Optional<OllamaBelief> belief) {
        LlamaMemory memory = LlamaMemory.of(model, overheads);
        List<MemoryDevice> memories = memories(devices);
        LlamaFit.Fitted fitted = LlamaFit.fit(memory, settings, memories, target);
        Fit fit = fit(fitted.plan(), memory.allLayers(), fitted.settings());
        OptionalInt most = LlamaFit.largestContext(memory, settings, memories, target);
        long each = Math.max(1, fitted.plan().context() / Math.max(1, fitted.plan().slots()));
        boolean shared = settings.parallel().isEmpty() && settings.unifiedCache().isEmpty();
        int slots =
                LlamaFit.mostSlots(
                        memory,
                        settings,
                        memories,
                        shared ? fitted.plan().context() : each,
                        target);
        return new ModelPlan(
                model,
                engine,
                fitted.settings(),
                fitted.plan(),
                devices,
                fit,
                most.isPresent() ? OptionalLong.of(most.getAsInt()) : OptionalLong.empty(),
                slots,
                belief,
                Optional.empty(),
                fit == Fit.NO
                        ? Optional.empty()
                        : Optional.of(speed(model, fitted, devices, depth.orElse(0))),
                fitted.changes());
    }

    private SpeedEstimate speed(
            ModelDescription model,
            LlamaFit.Fitted fitted,
            List<ComputeDevice> devices,
            long depth) {
        return SpeedModel.of(model)
                .estimate(fitted.settings(), fitted.plan(), devices, depth, calibration);
    }

    /** Returns the plan for vLLM. */
    public ModelPlan vllm(
            ModelDescription model,
            VllmMemory.Settings settings,
            List<ComputeDevice> devices,
            OptionalLong depth) {
        VllmMemory plan = VllmMemory.of(model, settings, memories(devices));
        LlamaSettings equal =
                new LlamaSettings.Builder()
                        .context(plan.maxLength())
                        .parallel(Math.max(1, (int) Math.min(plan.concurrency(), 256)))
                        .build();
        Optional<SpeedEstimate> speed =
                plan.starts()
                        ? Optional.of(
                                SpeedModel.of(model)
                                        .estimate(
                                                equal,
                                                plan.memory(),
                                                devices,
                                                depth.orElse(0),
                                                calibration))
                        : Optional.empty();
        return new ModelPlan(
                model,
                Engine.VLLM,
                equal,
                plan.memory(),
                devices,
                plan.starts() ? Fit.FULL : Fit.NO,
                plan.cacheTokens() > 0 ? OptionalLong.of(plan.cacheTokens()) : OptionalLong.empty(),
                (int) Math.min(plan.concurrency(), 100_000),
                Optional.empty(),
                Optional.of(plan),
                speed,
                plan.why().isEmpty()
                        ? List.of()
                        : List.of("It does not start: " + plan.why() + "."));
    }

    private static Fit fit(MemoryPlan plan, int layers, LlamaSettings settings) {
        boolean gpus = plan.devices().stream().anyMatch(d -> d.device().kind() != DeviceKind.HOST);
        long pool = 0;
        long shared = Long.MAX_VALUE;
        boolean unified = plan.devices().stream().anyMatch(d -> d.device().unified());
        for (DevicePlan device : plan.devices()) {
            long taken = taken(device);
            if (taken > device.device().free().count()) {
                return Fit.NO;
            }
            if (device.device().unified() || device.device().kind() == DeviceKind.HOST) {
                pool += taken;
                shared = Math.min(shared, device.device().free().count());
            }
        }
        if (unified && pool > shared) {
            return Fit.NO; // One memory, counted once.
        }
        if (!gpus) {
            return Fit.FULL;
        }
        return plan.gpuLayers() == layers
                        && settings.cpuExpertLayers() == 0
                        && settings.cacheOnGpu()
                ? Fit.FULL
                : Fit.PARTIAL;
    }

    /** Mapped weights of a host need not all be in memory, but run from disk they are useless. */
    private static long taken(DevicePlan device) {
        long sum = 0;
        for (MemoryItem item : device.items()) {
            sum += item.kind() == ItemKind.MARGIN ? 0 : item.bytes().count();
        }
        return sum;
    }

    private static List<MemoryDevice> memories(List<ComputeDevice> devices) {
        return devices.stream().map(ComputeDevice::memory).toList();
    }
}
