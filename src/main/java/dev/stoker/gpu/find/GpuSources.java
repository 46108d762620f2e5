package dev.stoker.gpu.find;

import dev.stoker.base.Clock;
import dev.stoker.gpu.GpuSource;
import dev.stoker.gpu.amd.AmdSource;
import dev.stoker.gpu.intel.IntelSource;
import dev.stoker.gpu.sysfs.DrmCard;
import dev.stoker.gpu.sysfs.SysTree;
import dev.stoker.gpu.sysfs.UnifiedMemory;
import dev.stoker.gpu.tegra.TegraSource;
import dev.stoker.host.HostMemory;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Which sources this machine has, in the order in which their GPUs are shown: NVIDIA, AMD, Intel.
 * It only looks whether files exist, and reads some short ones: NVIDIA's library is opened where a
 * device, a driver or the library itself is to be seen, since opening it takes tens of
 * milliseconds. Immutable.
 *
 * @param tree the machine's files
 * @param env the environment; {@code STOKER_NVML} and {@code LD_LIBRARY_PATH} may name the library
 * @param nvml makes the source of NVIDIA's library
 * @param memory the host's memory now, for GPUs that have none of their own
 * @param clock for stamps and rates
 */
public record GpuSources(
        SysTree tree,
        Map<String, String> env,
        Supplier<GpuSource> nvml,
        Supplier<HostMemory> memory,
        Clock clock) {
    private static final String LIBRARY = "libnvidia-ml.so";
    private static final String NVIDIA = "0x10de";

    /** Signs of an NVIDIA driver or its library, the common ones first. */
    private static final List<String> SIGNS =
            List.of(
                    "dev/nvidiactl",
                    "dev/nvidia0",
                    "proc/driver/nvidia/version",
                    "dev/dxg",
                    "usr/lib/wsl/lib/" + LIBRARY + ".1",
                    "run/opengl-driver/lib/" + LIBRARY + ".1",
                    "usr/local/nvidia/lib64/" + LIBRARY + ".1",
                    "usr/lib64/" + LIBRARY + ".1");

    public GpuSources {
        env = Map.copyOf(env);
    }

    /** Returns the sources of the GPUs that are there now; none of them has been opened. */
    public List<GpuSource> find() {
        List<GpuSource> found = new ArrayList<>();
        Optional<TegraSource> tegra = TegraSource.detect(tree, nvml, memory, clock);
        if (tegra.isPresent()) {
            found.add(tegra.get());
        } else if (mayHaveNvidia()) {
            found.add(new UnifiedMemory(nvml.get(), memory));
        }
        if (!DrmCard.of(tree, AmdSource.VENDOR).isEmpty()) {
            found.add(AmdSource.of(tree, memory, clock));
        }
        if (!DrmCard.of(tree, IntelSource.VENDOR).isEmpty()) {
            found.add(IntelSource.of(tree, memory, clock));
        }
        return List.copyOf(found);
    }

    private boolean mayHaveNvidia() {
        return !env.getOrDefault("STOKER_NVML", "").isBlank()
                || SIGNS.stream().anyMatch(sign -> tree.exists(tree.path(sign)))
                || onLibraryPath()
                || tree.contains(tree.path("etc/ld.so.cache"), LIBRARY)
                || hasBoard();
    }

    private boolean onLibraryPath() {
        return Stream.of(env.getOrDefault("LD_LIBRARY_PATH", "").split(":", -1))
                .filter(folder -> !folder.isBlank())
                .anyMatch(folder ->
                        tree.exists(Path.of(folder).resolve(LIBRARY + ".1"))
                                || tree.exists(Path.of(folder).resolve(LIBRARY)));
    }

    /** A board without a driver: the source then says what is missing. */
    private boolean hasBoard() {
        return tree.list(tree.path("sys/bus/pci/devices"), "*").stream()
                .anyMatch(device ->
                        tree.word(device.resolve("vendor")).equals(NVIDIA)
                                && tree.word(device.resolve("class")).startsWith("0x03"));
    }
}
