package dev.stoker.memory.llama;

import dev.stoker.model.Tensor;

import java.util.Set;

/**
 * In which order of their own llama.cpp's code for a processor stores weights that it multiplies
 * with. Such a weight is a copy in memory; others are mapped from the file.
 *
 * <p>Source: {@code ggml-cpu/repack.cpp} and {@code ggml-cpu/amx} of ggml 0.20.
 */
public enum HostPacking {
    /** None: as in the file. */
    NONE,
    /** x86-64 with AVX2. */
    AVX2,
    /** x86-64 with AVX-512. */
    AVX512,
    /** x86-64 with AMX for whole numbers. */
    AMX,
    /** 64-bit ARM with dot products. */
    ARM;

    private static final Set<String> AVX2_TYPES = Set.of("Q4_0", "Q4_K", "IQ4_NL", "MXFP4");
    private static final Set<String> ARM_TYPES =
            Set.of("Q4_0", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL", "MXFP4", "Q8_0");
    private static final Set<String> ARM_FOURS = Set.of("Q4_0", "IQ4_NL", "MXFP4", "Q8_0");

    /** Returns the bytes of the copy; 0 where a weight stays as it is. */
    long copy(Tensor tensor) {
        if (this == NONE || tensor.dimensions().size() < 2 || !multiplied(tensor)) {
            return 0;
        }
        boolean experts = tensor.name().contains("_exps");
        if (this == AMX && !experts) {
            long tiled = tiled(tensor);
            if (tiled > 0) {
                return tiled;
            }
        }
        int rank = rank(tensor);
        if (rank != (experts ? 3 : 2)) {
            return 0;
        }
        long rows = tensor.dimensions().get(1);
        boolean packs =
                switch (this) {
                    case ARM ->
                            ARM_TYPES.contains(tensor.type())
                                    && rows % (ARM_FOURS.contains(tensor.type()) ? 4 : 8) == 0;
                    case AVX512, AMX ->
                            (AVX2_TYPES.contains(tensor.type()) || tensor.type().equals("Q2_K"))
                                    && rows % 8 == 0;
                    default -> AVX2_TYPES.contains(tensor.type()) && rows % 8 == 0;
                };
        return packs ? tensor.bytes().count() : 0;
    }

    /** AMX takes more types, and stores sums beside some. */
    private static long tiled(Tensor tensor) {
        long row = tensor.dimensions().getFirst();
        long rows = tensor.dimensions().get(1);
        if (rows % 32 != 0) {
            return 0;
        }
        long bytes = tensor.bytes().count();
        return switch (tensor.type()) {
            case "Q4_0", "Q4_1" -> row % 32 == 0 ? bytes : 0;
            case "Q8_0" -> row % 32 == 0 ? bytes / 34 * 38 : 0;
            case "Q4_K" -> row % 256 == 0 ? bytes / 144 * 148 : 0;
            case "Q5_K" -> row % 256 == 0 ? bytes / 176 * 180 : 0;
            case "Q6_K" -> row % 256 == 0 ? bytes : 0;
            case "IQ4_XS" -> row % 256 == 0 ? bytes / 136 * 138 : 0;
            case "F16" -> row % 16 == 0 ? bytes : 0;
            default -> 0;
        };
    }

    private static int rank(Tensor tensor) {
        int rank = tensor.dimensions().size();
        while (rank > 1 && tensor.dimensions().get(rank - 1) == 1) {
            rank--;
        }
        return rank;
    }

    /** Weights of two dimensions that no matrix is multiplied with. */
    private static boolean multiplied(Tensor tensor) {
        String name = tensor.name();
        return name.endsWith(".weight")
                && !name.contains("norm")
                && !name.contains("conv1d")
                && !name.contains("shortconv.conv")
                && !name.contains("_embd.")
                && !name.contains("time_mix_lerp")
                && !name.contains("time_mix_first");
    }
}
