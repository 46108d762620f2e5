package dev.stoker.plan.speed;

import dev.stoker.memory.DeviceKind;
import dev.stoker.plan.device.ComputeDevice;

/**
 * Which shares of its bandwidth and of its arithmetic a device reaches. Pure.
 *
 * <p>Sources: RTX 3090 155 tok/s with an 8B Q4_0, RTX 4090 102.8 at a depth of 32k, T4 16 with a 7B
 * F16, M1 Max 61 with a 7B Q4_0; the tables of XiongjieDai/GPU-Benchmarks-on-LLM-Inference (8B F16:
 * RTX 4090 54.3, A6000 40.3, A100 54.6, H100 PCIe 67.8, M2 Ultra 36.3); an H200 measured for this
 * project: 256 with an 8B Q4_K_M, 264 to 280 with a 30B-A3B Q4_K_M.
 */
final class Efficiency {
    /** Above this a single request no longer keeps the memory busy, GB/s. */
    private static final double SATURATING = 1200;

    private static final double FALL = 0.6;

    /** The rate up to which matrix units are kept equally busy, TFLOPS. */
    private static final double BUSY = 142;

    private static final double PROMPT_FALL = 0.3;

    private Efficiency() {}

    /** Returns the share of its bandwidth that decoding with 16-bit weights reaches. */
    static double bandwidth(ComputeDevice device) {
        if (device.efficiency().isPresent()) {
            return device.efficiency().getAsDouble();
        }
        double base =
                switch (device.memory().kind()) {
                    case CUDA -> 0.85;
                    case ROCM, VULKAN, METAL -> 0.72;
                    case SYCL -> 0.5;
                    case RPC -> 0.6;
                    case HOST -> 0.75;
                };
        double over = device.bandwidth() / SATURATING;
        return over > 1 ? base / Math.pow(over, FALL) : base;
    }

    /** Returns how many tokens a second the launches of kernels allow; 0 for no such bound. */
    static double launches(DeviceKind kind) {
        return switch (kind) {
            case CUDA, METAL -> 300;
            case ROCM, VULKAN -> 250;
            case SYCL, RPC -> 150;
            case HOST -> 0;
        };
    }

    /** Returns the seconds that the choice of experts adds in one layer. */
    static double routing(DeviceKind kind) {
        return kind == DeviceKind.HOST ? 20e-6 : kind == DeviceKind.CUDA ? 65e-6 : 80e-6;
    }

    /** Returns the share of its arithmetic that long prompts reach. */
    static double arithmetic(ComputeDevice device) {
        if (!device.matrixUnits()) {
            return switch (device.memory().kind()) {
                case CUDA -> 1.0; // whole numbers of 8 bits, four at a time
                case METAL -> 0.62;
                case HOST -> 0.4;
                default -> 0.5;
            };
        }
        double base =
                switch (device.memory().kind()) {
                    case CUDA -> 0.36;
                    case METAL -> 0.5;
                    case SYCL -> 0.15;
                    default -> 0.28;
                };
        double over = device.tflops() / BUSY;
        return over > 1 ? base / Math.pow(over, PROMPT_FALL) : base;
    }

    /** Returns the band around a rate that is not measured on this host. */
    static Band band(double rate, DeviceKind kind, Mixed mixed) {
        double low = kind == DeviceKind.CUDA ? 0.75 : 0.65;
        double high = kind == DeviceKind.CUDA ? 1.25 : 1.35;
        if (mixed.experts()) {
            low -= 0.1;
            high += 0.15;
        }
        if (mixed.host()) {
            low -= 0.2;
            high += 0.1;
        }
        if (mixed.launchBound()) {
            low -= 0.1;
            high += 0.5;
        }
        if (!mixed.known()) {
            low -= 0.1;
            high += 0.15;
        }
        return Band.around(rate, Math.max(0.2, low), high);
    }

    /**
     * What makes a rate less sure.
     *
     * @param experts whether it is a mixture of experts
     * @param host whether the processor computes a part
     * @param launchBound whether launches take a large part of the time
     * @param known whether the tensors are known
     */
    record Mixed(boolean experts, boolean host, boolean launchBound, boolean known) {}
}
