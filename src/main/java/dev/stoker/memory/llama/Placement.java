package dev.stoker.memory.llama;

import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryDevice;

import java.util.Arrays;
import java.util.List;

/**
 * Which device each layer lies on; the output layer is the last. Pure.
 *
 * <p>Source: {@code llama_model::load_tensors} of llama.cpp b10434.
 *
 * @param device by layer the index of a GPU, or {@link #HOST}
 * @param gpuLayers layers on GPUs, the output layer counted
 */
record Placement(int[] device, int gpuLayers) {
    static final int HOST = -1;

    static Placement of(int blocks, LlamaSettings settings, List<MemoryDevice> gpus) {
        int all = blocks + 1;
        int wanted = settings.gpuLayers().orElse(all);
        int on = gpus.isEmpty() ? 0 : Math.clamp(wanted, 0, all);
        int[] device = new int[all];
        Arrays.fill(device, HOST);
        int start = all - on;
        float[] shares = shares(settings, gpus);
        for (int i = start; i < all; i++) {
            float at = (float) (i - start) / on;
            int gpu = 0;
            while (gpu < shares.length - 1 && at >= shares[gpu]) {
                gpu++;
            }
            device[i] = gpu;
        }
        return new Placement(device, on);
    }

    /** The upper ends of the devices' shares, as llama.cpp adds them up: in 32 bits. */
    private static float[] shares(LlamaSettings settings, List<MemoryDevice> gpus) {
        float[] ends = new float[gpus.size()];
        if (gpus.isEmpty()) {
            return ends;
        }
        if (settings.split() == LlamaSettings.SplitMode.NONE) {
            int main = Math.clamp(settings.mainGpu(), 0, gpus.size() - 1);
            for (int i = 0; i < ends.length; i++) {
                ends[i] = i < main ? 0 : 1;
            }
            return ends;
        }
        float sum = 0;
        boolean given = settings.tensorSplit().stream().anyMatch(s -> s > 0);
        for (int i = 0; i < ends.length; i++) {
            sum +=
                    given
                            ? i < settings.tensorSplit().size()
                                    ? settings.tensorSplit().get(i).floatValue()
                                    : 0
                            : (float) gpus.get(i).free().count();
            ends[i] = sum;
        }
        for (int i = 0; i < ends.length; i++) {
            ends[i] = sum > 0 ? ends[i] / sum : 1;
        }
        return ends;
    }

    int layers() {
        return device.length;
    }

    /** Returns whether a layer of the model lies on a GPU; the output layer does not count. */
    boolean anyBlockOn(int gpu) {
        for (int i = 0; i < device.length - 1; i++) {
            if (device[i] == gpu) {
                return true;
            }
        }
        return false;
    }

    int output() {
        return device[device.length - 1];
    }

    boolean allOnGpus() {
        return gpuLayers == device.length;
    }
}
