package dev.stoker.gpu.nvml;

import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.GpuTrouble.Kind;

import java.util.Optional;

/**
 * What NVML's return codes mean for a figure, for a GPU and for the library as a whole. Pure.
 *
 * <p>Source: NVML API reference, {@code nvmlReturn_t}.
 */
final class NvmlReturn {
    static final int OK = 0;
    static final int UNINITIALIZED = 1;
    static final int NOT_SUPPORTED = 3;
    static final int NO_PERMISSION = 4;
    static final int NOT_FOUND = 6;
    static final int INSUFFICIENT_SIZE = 7;
    static final int DRIVER_NOT_LOADED = 9;
    static final int FUNCTION_NOT_FOUND = 13;
    static final int GPU_IS_LOST = 15;
    static final int RESET_REQUIRED = 16;
    static final int OPERATING_SYSTEM = 17;
    static final int VERSION_MISMATCH = 18;
    static final int ARGUMENT_VERSION_MISMATCH = 25;
    static final int UNKNOWN = 999;

    private NvmlReturn() {}

    /** Returns why there is no figure, for any code but {@link #OK}. */
    static <T> Reading<T> reading(int code) {
        return switch (code) {
            case NOT_SUPPORTED -> Reading.unsupported("this GPU or its driver does not tell it");
            case NO_PERMISSION -> Reading.unsupported("only root is told");
            case NOT_FOUND, 21 -> Reading.unsupported("the driver has no data for it");
            case FUNCTION_NOT_FOUND, ARGUMENT_VERSION_MISMATCH, 26 ->
                    Reading.unsupported("this driver is too old or too new to tell it");
            case 27 -> Reading.unsupported("the driver is not ready to tell it");
            default -> Reading.failed("NVML answered: " + words(code));
        };
    }

    /** Returns NVML's own words for a code. */
    static String words(int code) {
        return switch (code) {
            case UNINITIALIZED -> "uninitialized";
            case 2 -> "invalid argument";
            case NOT_SUPPORTED -> "not supported";
            case NO_PERMISSION -> "insufficient permissions";
            case 5 -> "already initialized";
            case NOT_FOUND -> "not found";
            case INSUFFICIENT_SIZE -> "insufficient size";
            case 8 -> "insufficient external power";
            case DRIVER_NOT_LOADED -> "driver not loaded";
            case 10 -> "timeout";
            case 11 -> "interrupt request issue";
            case 12 -> "shared library not found";
            case FUNCTION_NOT_FOUND -> "function not found";
            case 14 -> "corrupted inforom";
            case GPU_IS_LOST -> "GPU is lost";
            case RESET_REQUIRED -> "GPU requires reset";
            case OPERATING_SYSTEM -> "the operating system has blocked the request";
            case VERSION_MISMATCH -> "RM has detected an NVML/RM version mismatch";
            case 19 -> "in use";
            case 20 -> "insufficient memory";
            case 21 -> "no data";
            case ARGUMENT_VERSION_MISMATCH -> "argument version mismatch";
            case UNKNOWN -> "unknown error";
            default -> "error " + code;
        };
    }

    /** Returns whether the code tells of the GPU or the library, and not of one figure alone. */
    static boolean isGrave(int code) {
        return switch (code) {
            case UNINITIALIZED,
                    DRIVER_NOT_LOADED,
                    GPU_IS_LOST,
                    RESET_REQUIRED,
                    OPERATING_SYSTEM,
                    VERSION_MISMATCH,
                    UNKNOWN ->
                    true;
            default -> false;
        };
    }

    /** Returns whether a new start of the library may cure it. */
    static boolean mayBeCuredByNewStart(int code) {
        return code == UNINITIALIZED || code == UNKNOWN || code == OPERATING_SYSTEM;
    }

    /** Returns what a code says about one GPU; nothing where it does not concern the whole GPU. */
    static Optional<GpuTrouble> ofGpu(int code) {
        return switch (code) {
            case GPU_IS_LOST ->
                    Optional.of(
                            new GpuTrouble(
                                    Kind.LOST,
                                    "The GPU is lost: it has fallen off the bus or does not answer"
                                            + " any more.",
                                    "Look for 'Xid' in the kernel's log (dmesg); it takes a reboot,"
                                            + " or a new plug of an external one."));
            case RESET_REQUIRED ->
                    Optional.of(
                            new GpuTrouble(
                                    Kind.RESET_REQUIRED,
                                    "The GPU must be reset before it works again.",
                                    "Stop what uses it and run nvidia-smi --gpu-reset, or"
                                            + " reboot."));
            case UNINITIALIZED, DRIVER_NOT_LOADED, OPERATING_SYSTEM, VERSION_MISMATCH, UNKNOWN ->
                    Optional.of(ofLibrary(code));
            default -> Optional.empty();
        };
    }

    /** Returns what a code of the whole library says. */
    static GpuTrouble ofLibrary(int code) {
        return switch (code) {
            case VERSION_MISMATCH ->
                    new GpuTrouble(
                            Kind.MISMATCH,
                            "The NVIDIA driver that is loaded and its library are of different"
                                    + " versions: the driver was updated since the last start.",
                            "Reboot; until then no program can use the GPUs newly.");
            case DRIVER_NOT_LOADED ->
                    new GpuTrouble(
                            Kind.UNAVAILABLE,
                            "NVIDIA's library is installed, but the driver is not loaded.",
                            "Run modprobe nvidia and look into the kernel's log (dmesg).");
            case NO_PERMISSION ->
                    new GpuTrouble(
                            Kind.UNAVAILABLE,
                            "This user may not open the NVIDIA devices.",
                            "Look at the rights of /dev/nvidia* and at your groups (video,"
                                    + " render).");
            case OPERATING_SYSTEM, UNKNOWN ->
                    new GpuTrouble(
                            Kind.UNAVAILABLE,
                            "The NVIDIA devices may not be opened (NVML: "
                                    + words(code)
                                    + "); a container loses them when the service manager of its"
                                    + " host is reloaded.",
                            "Restart the container; outside of one look into the kernel's log"
                                    + " (dmesg).");
            case GPU_IS_LOST ->
                    new GpuTrouble(
                            Kind.LOST,
                            "A GPU is lost, and with it the driver does not start.",
                            "Look for 'Xid' in the kernel's log (dmesg); it takes a reboot.");
            default ->
                    new GpuTrouble(
                            Kind.FAILED,
                            "NVIDIA's library does not start (NVML: " + words(code) + ").",
                            "Try nvidia-smi, and look into the kernel's log (dmesg).");
        };
    }
}
