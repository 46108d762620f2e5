package dev.stoker.machine;

import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuSample;
import dev.stoker.host.ProcessDetails;

/**
 * A process on a GPU with what else is known of it. Immutable.
 *
 * @param gpu the GPU
 * @param use what the driver tells of it there
 * @param details what the kernel tells
 * @param model the model that it computes, by the name that its server gives it
 */
public record GpuUser(
        GpuSample gpu, GpuProcess use, Reading<ProcessDetails> details, Reading<String> model) {}
