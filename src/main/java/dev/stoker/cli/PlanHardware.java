package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.gpu.GpuDevice;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuVendor;
import dev.stoker.host.HostMemory;
import dev.stoker.machine.MachineSample;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.plan.device.Box;
import dev.stoker.plan.device.Boxes;
import dev.stoker.plan.device.ComputeDevice;
import dev.stoker.plan.device.GpuModel;
import dev.stoker.plan.device.GpuTable;
import dev.stoker.plan.exact.LlamaBinary;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** The options that say which machine to plan for. Filled by picocli. */
final class PlanHardware {
    /** What is taken for a GPU that the table does not have, GB/s. */
    private static final double UNKNOWN_BANDWIDTH = 300;

    @Option(
            names = "--gpu",
            paramLabel = "NAME",
            description =
                    "Plan for a machine with this GPU, such as \"RTX 3090\"; several times for"
                            + " unequal ones.")
    List<String> gpus = new ArrayList<>();

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "So many of the GPU that --gpu or --gpu-memory names. Default: 1.")
    int count = 1;

    @Option(
            names = "--box",
            paramLabel = "NAME",
            description = "Plan for a known machine: thor, orin, spark and others; ? lists them.")
    @Nullable String box;

    @Option(
            names = "--gpu-memory",
            paramLabel = "SIZE",
            description = "Plan for a GPU with so much memory, such as 24GiB.")
    @Nullable String gpuMemory;

    @Option(
            names = "--bandwidth",
            paramLabel = "GB/s",
            description =
                    "The bandwidth of that GPU's memory, or of this host's GPUs instead of what the"
                            + " table says.")
    @Nullable Double bandwidth;

    @Option(
            names = "--ram",
            paramLabel = "SIZE",
            description = "The host's memory. Default: this host's, or 64 GiB for another machine.")
    @Nullable String ram;

    @Option(
            names = "--ram-bandwidth",
            paramLabel = "GB/s",
            description = "The bandwidth of the host's memory. Default: 50.")
    @Nullable Double ramBandwidth;

    @Option(names = "--idle", description = "Plan for this host as if nothing ran on its GPUs.")
    boolean idle;

    @Option(names = "--no-gpu", description = "Plan for the host's processors alone.")
    boolean noGpu;

    @Option(
            names = "--llama-server",
            paramLabel = "PATH",
            description =
                    "Plan for the devices that this llama-server sees, and ask it with --exact."
                            + " Nothing is loaded.")
    @Nullable Path llamaServer;

    /**
     * Returns the devices that the named llama-server sees, with the rates of the boards that the
     * table has.
     */
    Box seen(Path program, Box here, Map<String, String> env) {
        return seen(new LlamaBinary(program).devices(), program, here, table(env));
    }

    Box seen(List<LlamaBinary.Seen> devices, Path program, Box here, GpuTable table) {
        List<ComputeDevice> found = new ArrayList<>();
        for (LlamaBinary.Seen seen : noGpu ? List.<LlamaBinary.Seen>of() : devices) {
            MemoryDevice device = idle ? idle(seen.device()) : seen.device();
            Optional<GpuModel> board =
                    table.find(seen.title(), device.capacity())
                            .or(() -> table.find(bare(seen.title()), device.capacity()));
            found.add(
                    board.map(b -> known(b, device))
                            .orElseGet(() -> unknown(device, "as llama-server sees it")));
        }
        return new Box("", "the devices of " + program, found, here.host(), here.disk());
    }

    private static MemoryDevice idle(MemoryDevice device) {
        return device.withFree(Bytes.of(Math.round(device.capacity().count() * 0.97)));
    }

    /** Vulkan's names of boards without what its driver adds: {@code (RADV NAVI31)}. */
    private static String bare(String title) {
        return title.replaceFirst("\\s*\\([^()]*\\)$", "");
    }

    /** A device that the table has; what the command line tells comes first. */
    private ComputeDevice known(GpuModel board, MemoryDevice memory) {
        ComputeDevice made =
                ComputeDevice.of(board, memory.name(), memory.free()).withMemory(memory);
        return bandwidth == null ? made : made.withBandwidth(bandwidth);
    }

    /** A device that the table does not have. */
    private ComputeDevice unknown(MemoryDevice memory, String how) {
        return new ComputeDevice(
                memory,
                bandwidth == null ? UNKNOWN_BANDWIDTH : bandwidth,
                0,
                true,
                0,
                OptionalInt.empty(),
                OptionalDouble.empty(),
                how
                        + (bandwidth == null
                                ? "; not in the table of GPUs: 300 GB/s are assumed; tell it by"
                                        + " --bandwidth"
                                : "; bandwidth as told on the command line"));
    }

    /** Returns whether another machine than this one is asked for. */
    boolean elsewhere() {
        return !gpus.isEmpty() || box != null || gpuMemory != null;
    }

    /**
     * Returns the machine that the options name.
     *
     * @throws UserError for names and figures that are none
     */
    Box named(Map<String, String> env) {
        int ways = (gpus.isEmpty() ? 0 : 1) + (box != null ? 1 : 0) + (gpuMemory != null ? 1 : 0);
        if (ways > 1) {
            throw UserError.wrongUse(
                    "--gpu, --box and --gpu-memory exclude each other.", "Choose one of them.");
        }
        if (noGpu || idle) {
            throw UserError.wrongUse(
                    (noGpu ? "--no-gpu" : "--idle") + " plans for this host.",
                    "Leave out the other.");
        }
        if (bandwidth != null && gpuMemory == null) {
            throw UserError.wrongUse(
                    "--bandwidth is for --gpu-memory, and for this host; the rates of a GPU or box"
                            + " with a name are known.",
                    "Leave it out, or give --gpu-memory instead of the name.");
        }
        if (box != null) {
            return host(Boxes.named(box));
        }
        if (gpuMemory != null) {
            if (bandwidth == null) {
                throw UserError.wrongUse(
                        "--gpu-memory needs --bandwidth too.", "Add it, such as --bandwidth 936.");
            }
            return host(Boxes.told(Bytes.parse(gpuMemory), bandwidth, count));
        }
        GpuTable table = table(env);
        List<GpuModel> models = new ArrayList<>();
        for (String name : gpus) {
            GpuModel model = table.require(name);
            for (int i = 0; i < Math.clamp(count, 1, 64); i++) {
                models.add(model);
            }
        }
        return host(Boxes.of(models));
    }

    /** The host's memory as told. */
    private Box host(Box made) {
        if (ram == null && ramBandwidth == null) {
            return made;
        }
        MemoryDevice told = made.host().memory();
        Bytes capacity = ram == null ? told.capacity() : Bytes.parse(ram);
        Bytes free = ram == null ? told.free() : Bytes.of(Math.round(capacity.count() * 0.94));
        return new Box(
                made.name(),
                made.title(),
                made.gpus(),
                ComputeDevice.host(
                        capacity,
                        free,
                        ramBandwidth == null ? made.host().bandwidth() : ramBandwidth,
                        made.host().tflops(),
                        "as told on the command line"),
                made.disk());
    }

    /** Returns this host, as it was just looked at. */
    Box here(MachineSample sample, Map<String, String> env) {
        GpuTable table = table(env);
        List<ComputeDevice> found = new ArrayList<>();
        if (!noGpu) {
            for (GpuSample gpu : sample.gpus()) {
                gpu(gpu, table, sample.memory(), found.size()).ifPresent(found::add);
            }
        }
        HostMemory memory = sample.memory();
        Bytes total = ram != null ? Bytes.parse(ram) : memory.total().orElse(Bytes.gib(16));
        Bytes available = memory.available().orElse(total);
        return new Box(
                "",
                "this host",
                found,
                ComputeDevice.host(
                        total,
                        ram != null || idle
                                ? Bytes.of(Math.round(total.count() * 0.94))
                                : available,
                        ramBandwidth == null ? Boxes.ASSUMED_RAM_BANDWIDTH : ramBandwidth,
                        0.5,
                        "this host's memory; its bandwidth is "
                                + (ramBandwidth == null ? "assumed" : "told")),
                Boxes.ASSUMED_DISK);
    }

    private Optional<ComputeDevice> gpu(
            GpuSample sample, GpuTable table, HostMemory host, int index) {
        GpuDevice device = sample.device();
        Bytes total =
                sample.bytes(GpuMetric.MEMORY_TOTAL)
                        .orElse(
                                device.unifiedMemory()
                                        ? host.total().orElse(Bytes.ZERO)
                                        : Bytes.ZERO);
        if (total.count() <= 0) {
            return Optional.empty();
        }
        String name = Text.plain(device.name().orElse("GPU"), 60);
        Bytes free =
                device.unifiedMemory()
                        ? host.available().orElse(total)
                        : sample.bytes(GpuMetric.MEMORY_FREE)
                                .orElse(
                                        sample.bytes(GpuMetric.MEMORY_USED)
                                                .map(total::minus)
                                                .orElse(total));
        String shown = "GPU " + index + " " + name;
        Optional<GpuModel> known = table.find(name, total);
        if (known.isPresent()) {
            ComputeDevice made =
                    ComputeDevice.of(
                            known.get(), shown, idle ? known.get().idle() : free.min(total));
            return Optional.of(known(known.get(), made.memory()));
        }
        MemoryDevice memory =
                new MemoryDevice(
                        shown,
                        kind(device.vendor()),
                        total,
                        free.min(total),
                        device.unifiedMemory());
        return Optional.of(unknown(idle ? idle(memory) : memory, "as the driver tells it"));
    }

    private static DeviceKind kind(GpuVendor vendor) {
        return switch (vendor) {
            case AMD -> DeviceKind.ROCM;
            case INTEL -> DeviceKind.SYCL;
            default -> DeviceKind.CUDA;
        };
    }

    /** The table with the user's own rows. */
    private static GpuTable table(Map<String, String> env) {
        String config = env.getOrDefault("XDG_CONFIG_HOME", "");
        Path file =
                Path.of(config.isBlank() ? env.getOrDefault("HOME", "") + "/.config" : config)
                        .resolve("stoker")
                        .resolve("gpus.tsv");
        if (!Files.isRegularFile(file)) {
            return GpuTable.standard();
        }
        try {
            return GpuTable.standard().with(Files.readString(file), file.toString());
        } catch (IOException e) {
            throw UserError.wrongUse("The file " + file + " can't be read.", "Check it.");
        }
    }
}
