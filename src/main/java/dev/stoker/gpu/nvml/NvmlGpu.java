package dev.stoker.gpu.nvml;

import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuDevice;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.GpuVendor;
import dev.stoker.gpu.MigInstance;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.gpu.nvml.NvmlDecoder.Memory;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One GPU: its handle, what does not change, and how a sample of it is put together. Used by one
 * thread.
 */
final class NvmlGpu {
    private final NvmlCalls calls;
    private final long handle;
    private final GpuDevice device;
    private final NvmlMemory memory;
    private final NvmlMig mig;
    private final NvmlProcesses processes;
    private final NvmlFigures figures;
    private int lastCode;

    NvmlGpu(
            NvmlCalls calls,
            long handle,
            int index,
            Reading<String> driver,
            Instant now,
            boolean pcie) {
        this.calls = calls;
        this.handle = handle;
        this.memory = new NvmlMemory(calls);
        this.mig = new NvmlMig(calls, memory);
        this.device =
                new GpuDevice(
                        index,
                        calls.text(NvmlFunction.NAME, handle),
                        calls.text(NvmlFunction.UUID, handle),
                        busId(calls, handle),
                        GpuVendor.NVIDIA,
                        memory.hasNone(handle),
                        driver);
        long micros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
        this.processes = new NvmlProcesses(calls, driver.orElse(""), micros);
        this.figures = new NvmlFigures(calls, handle, device.unifiedMemory(), pcie);
    }

    private static Reading<String> busId(NvmlCalls calls, long handle) {
        calls.cleared();
        int code = calls.call(NvmlFunction.PCI_INFO, handle, calls.at(0));
        if (code == NvmlReturn.OK) {
            return Reading.known(NvmlDecoder.text(calls.scratch(), 36, 32));
        }
        calls.cleared();
        int old = calls.call(NvmlFunction.PCI_INFO_OLD, handle, calls.at(0));
        return old == NvmlReturn.OK
                ? Reading.known(NvmlDecoder.text(calls.scratch(), 0, 16))
                : NvmlReturn.reading(code == NvmlReturn.FUNCTION_NOT_FOUND ? old : code);
    }

    GpuDevice device() {
        return device;
    }

    /** Returns the code by which the last sample failed as a whole, or 0. */
    int lastCode() {
        return lastCode;
    }

    GpuSample sample(Instant time, long nanos) {
        calls.forget();
        GpuSample.Builder sample = GpuSample.of(device, time, nanos);
        boolean split = mig.isOn(handle);
        Reading<Memory> size = memory.read(handle);
        Trust trust = new Trust();
        trust.memory(size.isKnown() || !device.unifiedMemory());
        figures.fill(sample, trust, split, nanos);
        memory(sample, size);
        sample.throttleReasons(throttleReasons());
        long total = size.map(Memory::total).orElse(0L);
        if (split) {
            NvmlMig.Parts parts = mig.parts(handle);
            sample.instances(parts.instances());
            sample.processes(processesOfParts(parts, total));
        } else {
            sample.processes(
                    trust.isLiar()
                            ? Reading.unsupported(Trust.REASON)
                            : processes.read(handle, total, false, trust.isBusy()));
        }
        trouble(trust.answers()).ifPresent(sample::trouble);
        return sample.build();
    }

    /**
     * A GPU that is lost says so to every question. Other grave codes also come from one function
     * that a driver does not do well, so they count only where nothing else was answered.
     */
    private Optional<GpuTrouble> trouble(int answers) {
        int grave = calls.grave();
        boolean ofThisGpu = grave == NvmlReturn.GPU_IS_LOST || grave == NvmlReturn.RESET_REQUIRED;
        lastCode = ofThisGpu || answers == 0 ? grave : NvmlReturn.OK;
        return NvmlReturn.ofGpu(lastCode);
    }

    private static void memory(GpuSample.Builder sample, Reading<Memory> size) {
        sample.put(GpuMetric.MEMORY_TOTAL, size.map(m -> (double) m.total()));
        sample.put(GpuMetric.MEMORY_USED, size.map(m -> (double) m.used()));
        sample.put(GpuMetric.MEMORY_FREE, size.map(m -> (double) m.free()));
        sample.put(
                GpuMetric.MEMORY_RESERVED,
                size instanceof Reading.Known<Memory>(Memory m) && m.reserved() < 0
                        ? Reading.unsupported("this driver counts it as used")
                        : size.map(m -> (double) m.reserved()));
    }

    private Reading<Set<ThrottleReason>> throttleReasons() {
        return calls.number(NvmlFunction.THROTTLE_REASONS, handle)
                .map(NvmlDecoder::throttleReasons);
    }

    /** Without root the GPU as a whole does not list its processes, while its parts may. */
    private Reading<List<GpuProcess>> processesOfParts(NvmlMig.Parts parts, long total) {
        Reading<List<GpuProcess>> all = processes.read(handle, total, true, false);
        if (all.isKnown() && !all.value().isEmpty()) {
            return all;
        }
        List<GpuProcess> found = new ArrayList<>();
        boolean known = all.isKnown();
        for (int i = 0; i < parts.instances().size(); i++) {
            MigInstance part = parts.instances().get(i);
            Reading<List<GpuProcess>> own =
                    processes.read(parts.handles().get(i), total, true, false);
            known |= own.isKnown();
            found.addAll(NvmlMig.of(part, own.orElse(List.of())));
        }
        return known ? Reading.known(found) : all;
    }
}
