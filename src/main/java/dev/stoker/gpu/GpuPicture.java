package dev.stoker.gpu;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The newest that is known of all GPUs, from all sources. A source that does not answer shows what
 * it told last, with its age. Immutable.
 *
 * @param parts one for each source
 */
public record GpuPicture(List<Part> parts) {
    public GpuPicture {
        parts = List.copyOf(parts);
    }

    /**
     * What one source told last.
     *
     * @param report its last report; of a source that has never answered one without GPUs
     * @param age how old that is
     * @param silence that it is overdue; empty where it answered in time
     */
    public record Part(GpuReport report, Duration age, Optional<GpuTrouble> silence) {}

    /** Returns the GPUs of all sources, numbered through; one that two tell of is one. */
    public List<GpuSample> gpus() {
        List<GpuSample> all = new ArrayList<>();
        parts.forEach(part -> all.addAll(part.report().gpus()));
        List<GpuSample> gpus = new ArrayList<>();
        SamePlace.merge(all).forEach(gpu -> gpus.add(gpu.withIndex(gpus.size())));
        return gpus;
    }

    /**
     * Returns what is wrong with sources as a whole; what is wrong with one GPU is in its sample.
     */
    public List<GpuTrouble> troubles() {
        List<GpuTrouble> troubles = new ArrayList<>();
        for (Part part : parts) {
            part.silence()
                    .or(() -> part.report().trouble().filter(GpuTrouble::isFault))
                    .ifPresent(troubles::add);
        }
        return troubles;
    }
}
