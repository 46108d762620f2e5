package dev.stoker.plan.calibrate;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.DevicePlan;
import dev.stoker.memory.ItemKind;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.memory.MemoryItem;
import dev.stoker.memory.MemoryPlan;
import dev.stoker.memory.llama.HostPacking;
import dev.stoker.memory.llama.LlamaMemory;
import dev.stoker.memory.llama.Overheads;
import dev.stoker.model.ModelDescription;
import dev.stoker.plan.exact.LlamaBinary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures what a llama-server takes beyond its buffers: starts one on loopback with a model,
 * compares what the process and the devices then hold with the plan's buffers, and ends it. Weights
 * stay in the mapped file and in their own order, so that the process's own memory is buffers and
 * overhead alone. Every step is bounded.
 */
public final class Calibrator {
    private static final int CONTEXT = 2048;
    private static final int ALL_LAYERS = 9999;
    private static final Pattern ANONYMOUS = Pattern.compile("(?m)^RssAnon:\\s+([0-9]{1,15}) kB$");

    /** What the process holds in its own memory besides mapped weights. */
    private static final Set<ItemKind> ANONYMOUS_ITEMS =
            Set.of(ItemKind.KV, ItemKind.RECURRENT, ItemKind.COMPUTE, ItemKind.OUTPUT);

    private final LlamaBinary program;
    private final Clock clock;

    public Calibrator(LlamaBinary program, Clock clock) {
        this.program = program;
        this.clock = clock;
    }

    /** Returns the options with which it will be started, without the program. */
    public static List<String> arguments(Path file) {
        return List.of(
                "-m",
                file.toString(),
                "-c",
                String.valueOf(CONTEXT),
                "-np",
                "1",
                "-ngl",
                String.valueOf(ALL_LAYERS),
                "-fit",
                "off",
                "--no-repack",
                "--host",
                "127.0.0.1",
                "--port",
                "0");
    }

    /**
     * Starts, measures and ends.
     *
     * @throws UserError where it can't be run, does not start with this model, or tells nothing
     */
    public Measured measure(Path file, ModelDescription model) {
        List<MemoryDevice> before = devices();
        Seen seen = new Seen();
        program.started(
                arguments(file),
                pid -> {
                    seen.devices.addAll(devices());
                    seen.anonymous = anonymous(pid);
                });
        MemoryPlan plan = plan(model, before);
        Map<DeviceKind, Bytes> devices = new EnumMap<>(DeviceKind.class);
        for (DevicePlan device : plan.devices()) {
            if (device.device().kind() != DeviceKind.HOST) {
                over(device, before, seen.devices)
                        .ifPresent(b -> devices.merge(device.device().kind(), b, Bytes::max));
            }
        }
        Bytes buffers = plan.host().map(h -> sum(h, ANONYMOUS_ITEMS)).orElse(Bytes.ZERO);
        return new Measured(
                seen.anonymous.minus(buffers).max(Bytes.ZERO),
                devices,
                model.name(),
                program.program().toString(),
                clock.now());
    }

    private List<MemoryDevice> devices() {
        return program.devices().stream().map(LlamaBinary.Seen::device).toList();
    }

    private static final class Seen {
        private final List<MemoryDevice> devices = new ArrayList<>();
        private Bytes anonymous = Bytes.ZERO;
    }

    private static MemoryPlan plan(ModelDescription model, List<MemoryDevice> devices) {
        List<MemoryDevice> all = new ArrayList<>(devices);
        all.add(new MemoryDevice("Host", DeviceKind.HOST, Bytes.gib(1024), Bytes.gib(1024), false));
        LlamaSettings settings =
                new LlamaSettings.Builder()
                        .context(CONTEXT)
                        .parallel(1)
                        .gpuLayers(ALL_LAYERS)
                        .fit(false)
                        .repack(false)
                        .build();
        return LlamaMemory.of(model, Overheads.none(HostPacking.AVX2)).plan(settings, all);
    }

    /** What a device lost beyond the plan's buffers there; empty where it did not tell. */
    private static Optional<Bytes> over(
            DevicePlan plan, List<MemoryDevice> before, List<MemoryDevice> after) {
        String name = plan.device().name();
        for (MemoryDevice was : before) {
            for (MemoryDevice is : after) {
                if (was.name().equals(name) && is.name().equals(name)) {
                    Bytes lost = was.free().minus(is.free());
                    return Optional.of(
                            lost.minus(sum(plan, Set.of(ItemKind.values()))).max(Bytes.ZERO));
                }
            }
        }
        return Optional.empty();
    }

    private static Bytes sum(DevicePlan device, Set<ItemKind> kinds) {
        Bytes sum = Bytes.ZERO;
        for (MemoryItem item : device.items()) {
            boolean counts = kinds.contains(item.kind()) && item.kind() != ItemKind.MARGIN;
            sum = counts ? sum.plus(item.bytes()) : sum;
        }
        return sum;
    }

    private static Bytes anonymous(long pid) {
        try {
            return anonymous(Files.readString(Path.of("/proc/" + pid + "/status")));
        } catch (IOException e) {
            throw untold();
        }
    }

    static Bytes anonymous(String status) {
        Matcher m = ANONYMOUS.matcher(status);
        if (!m.find()) {
            throw untold();
        }
        return Bytes.of(Long.parseLong(m.group(1)) * 1024);
    }

    private static UserError untold() {
        return new UserError(
                ExitCode.SERVER_FAILED,
                "The system does not tell the memory of the llama-server that was started.",
                "It needs Linux with /proc.");
    }
}
