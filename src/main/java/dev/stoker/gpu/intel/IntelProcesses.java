package dev.stoker.gpu.intel;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.sysfs.DrmClients.Client;
import dev.stoker.gpu.sysfs.EngineShares;
import dev.stoker.gpu.sysfs.GpuCard;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * Who uses a card of Intel. i915 counts nanoseconds of an engine, xe its cycles beside all that
 * there were. Used by one thread.
 */
final class IntelProcesses {
    private static final Reading<Double> NONE =
            Reading.unsupported("the driver does not tell it of this process");

    private final EngineShares shares = new EngineShares();
    private final EngineShares totals = new EngineShares();

    /**
     * What all processes use together.
     *
     * @param utilisation of the engines that draw and compute, in percent
     * @param video of the engine that codes video, in percent
     * @param memory bytes of the card's own memory
     */
    record Uses(
            List<GpuProcess> processes,
            Reading<Double> utilisation,
            Reading<Double> video,
            long memory) {}

    private static final class Use {
        final Set<GpuProcess.Kind> kinds = EnumSet.noneOf(GpuProcess.Kind.class);
        long memory = -1;
        Reading<Double> compute = NONE;
        Reading<Double> video = NONE;
    }

    Uses of(GpuCard.Look look) {
        shares.begin();
        totals.begin();
        Map<Long, Use> uses = new TreeMap<>();
        long own = 0;
        Reading<Double> utilisation = Reading.known(0.0);
        Reading<Double> video = Reading.known(0.0);
        for (Client client : look.clients()) {
            Use use = uses.computeIfAbsent(client.pid(), _ -> new Use());
            long local =
                    client.first(
                            "resident-local0", "total-local0", "resident-vram0", "total-vram0");
            long system =
                    client.first(
                            "resident-system0",
                            "total-system0",
                            "resident-system",
                            "total-system",
                            "resident-gtt",
                            "total-gtt");
            own += Math.max(0, local);
            if (local >= 0 || system >= 0) {
                use.memory = Math.max(0, use.memory) + Math.max(0, local) + Math.max(0, system);
            }
            Reading<Double> draws = share(client, "render", "rcs", look.since());
            Reading<Double> computes = share(client, "compute", "ccs", look.since());
            if (client.value("engine-render") > 0 || client.value("cycles-rcs") > 0) {
                use.kinds.add(GpuProcess.Kind.GRAPHICS);
            }
            if (client.value("engine-compute") > 0 || client.value("cycles-ccs") > 0) {
                use.kinds.add(GpuProcess.Kind.COMPUTE);
            }
            Reading<Double> both = EngineShares.sum(draws, computes);
            Reading<Double> coded = share(client, "video", "vcs", look.since());
            use.compute = EngineShares.sum(use.compute, both);
            use.video = EngineShares.sum(use.video, coded);
            utilisation = EngineShares.sum(utilisation, both);
            video = EngineShares.sum(video, coded);
        }
        shares.end();
        totals.end();
        List<GpuProcess> processes = new ArrayList<>();
        uses.forEach((pid, use) -> processes.add(process(pid, use)));
        Reading<Double> first = Reading.failed("this is the first look, and a share needs two");
        return new Uses(
                processes,
                look.since() > 0 ? utilisation : first,
                look.since() > 0 ? video : first,
                own);
    }

    private Reading<Double> share(Client client, String engine, String engineClass, long since) {
        long nanos = client.first("engine-" + engine);
        if (nanos >= 0) {
            long capacity = Math.max(1, client.value("engine-capacity-" + engine));
            return shares.percent(client.key() + "/" + engine, nanos, (double) since * capacity);
        }
        long all = client.first("total-cycles-" + engineClass);
        long capacity = Math.max(1, client.value("engine-capacity-" + engineClass));
        long could = all < 0 ? 0 : totals.growth(client.key() + "/" + engineClass, all);
        return shares.percent(
                client.key() + "/" + engineClass,
                client.first("cycles-" + engineClass),
                (double) could * capacity);
    }

    private static GpuProcess process(long pid, Use use) {
        return new GpuProcess(
                pid,
                use.kinds,
                use.memory < 0
                        ? Reading.unsupported("the driver does not tell the memory of this process")
                        : Reading.known(Bytes.of(use.memory)),
                use.compute,
                NONE,
                NONE,
                use.video,
                OptionalInt.empty(),
                OptionalInt.empty());
    }
}
