package dev.stoker.gpu.amd;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.sysfs.DrmClients.Client;
import dev.stoker.gpu.sysfs.EngineShares;
import dev.stoker.gpu.sysfs.SysTree;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * Who uses AMD's cards: the clients of the graphics driver, and the processes of its computing
 * side, which is what ROCm uses. Used by one thread.
 *
 * <p>Source: the kernel's amdgpu driver document on usage statistics; kfd's sysfs: {@code
 * proc/PID/vram_GPUID} in bytes, and {@code location_id} of a node, bus and device of the card.
 */
final class AmdProcesses {
    private final SysTree tree;
    private final EngineShares shares = new EngineShares();

    AmdProcesses(SysTree tree) {
        this.tree = tree;
    }

    /** What one process has of one card. */
    private static final class Use {
        final Set<GpuProcess.Kind> kinds = EnumSet.noneOf(GpuProcess.Kind.class);
        long memory = -1;
        Reading<Double> compute = NOT_TOLD;
        Reading<Double> encoder = NOT_TOLD;
        Reading<Double> decoder = NOT_TOLD;
    }

    private static final Reading<Double> NOT_TOLD =
            Reading.unsupported("the driver does not tell it of this process");

    /** Begins a look. */
    void begin() {
        shares.begin();
    }

    void end() {
        shares.end();
    }

    List<GpuProcess> of(List<Client> clients, String busId, boolean shared, long since) {
        Map<Long, Use> uses = new TreeMap<>();
        for (Client client : clients) {
            add(uses.computeIfAbsent(client.pid(), _ -> new Use()), client, shared, since);
        }
        computing(busId)
                .forEach((pid, bytes) -> {
                    Use use = uses.computeIfAbsent(pid, _ -> new Use());
                    use.kinds.add(GpuProcess.Kind.COMPUTE);
                    use.memory = Math.max(use.memory, bytes);
                });
        return uses.entrySet().stream().map(e -> process(e.getKey(), e.getValue())).toList();
    }

    private void add(Use use, Client client, boolean shared, long since) {
        long vram = client.first("memory-vram", "resident-vram", "total-vram");
        long gtt = client.first("memory-gtt", "resident-gtt", "total-gtt");
        long memory = shared && gtt >= 0 ? Math.max(0, vram) + gtt : vram;
        if (memory >= 0) {
            use.memory = Math.max(0, use.memory) + memory;
        }
        if (client.value("engine-gfx") > 0) {
            use.kinds.add(GpuProcess.Kind.GRAPHICS);
        }
        if (client.value("engine-compute") > 0) {
            use.kinds.add(GpuProcess.Kind.COMPUTE);
        }
        use.compute =
                EngineShares.sum(
                        use.compute,
                        EngineShares.sum(
                                share(client, "gfx", since), share(client, "compute", since)));
        use.encoder =
                EngineShares.sum(
                        use.encoder,
                        EngineShares.sum(
                                share(client, "enc", since), share(client, "enc_1", since)));
        use.decoder = EngineShares.sum(use.decoder, share(client, "dec", since));
    }

    private Reading<Double> share(Client client, String engine, long since) {
        long capacity = Math.max(1, client.value("engine-capacity-" + engine));
        return shares.percent(
                client.key() + "/" + engine,
                client.first("engine-" + engine),
                (double) since * capacity);
    }

    /** Returns what ROCm's processes hold of the card. */
    private Map<Long, Long> computing(String busId) {
        Map<Long, Long> held = new HashMap<>();
        Path kfd = tree.path("sys/class/kfd/kfd");
        for (Path node : tree.list(kfd.resolve("topology/nodes"), "[0-9]*")) {
            String gpuId = tree.word(node.resolve("gpu_id"));
            if (!gpuId.matches("[1-9][0-9]{0,9}") || !busOf(node).equals(busId)) {
                continue;
            }
            for (Path process : tree.list(kfd.resolve("proc"), "[0-9]*")) {
                Reading<Long> bytes = tree.number(process.resolve("vram_" + gpuId));
                String pid = SysTree.name(process);
                if (bytes.isKnown() && bytes.value() > 0 && pid.matches("[0-9]{1,10}")) {
                    held.merge(Long.parseLong(pid), bytes.value(), Math::max);
                }
            }
        }
        return held;
    }

    private String busOf(Path node) {
        long location = -1;
        long domain = 0;
        for (String line : tree.word(node.resolve("properties")).lines().toList()) {
            String[] words = line.split(" ", -1);
            if (words.length == 2 && words[1].matches("[0-9]{1,12}")) {
                long value = Long.parseLong(words[1]);
                location = words[0].equals("location_id") ? value : location;
                domain = words[0].equals("domain") ? value : domain;
            }
        }
        return location < 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "%04x:%02x:%02x.%x",
                        domain,
                        location >> 8 & 0xff,
                        location >> 3 & 0x1f,
                        location & 7);
    }

    private static GpuProcess process(long pid, Use use) {
        return new GpuProcess(
                pid,
                use.kinds,
                use.memory < 0
                        ? Reading.unsupported("the driver does not tell the memory of this process")
                        : Reading.known(Bytes.of(use.memory)),
                use.compute,
                NOT_TOLD,
                use.encoder,
                use.decoder,
                OptionalInt.empty(),
                OptionalInt.empty());
    }
}
