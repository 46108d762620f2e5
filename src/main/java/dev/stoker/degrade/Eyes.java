package dev.stoker.degrade;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuPicture;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.host.HostMemory;
import dev.stoker.host.HostProcess;
import dev.stoker.host.HostSample;
import dev.stoker.host.ServerLog.Layers;
import dev.stoker.server.LoadedModel;
import dev.stoker.server.ServerException;

import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks at the machine around a measurement; changes nothing. Used by one thread. */
final class Eyes {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int LARGE_BLOCK = 9; // 512 pages: 2 MiB where pages have 4 KiB.
    private static final int LONGEST_COMMAND = 2000;

    private final DegradeContext context;
    private final String model;

    Eyes(DegradeContext context, String model) {
        this.context = context;
        this.model = model;
    }

    /**
     * What was seen before a request.
     *
     * @param idleUtilization of the GPU that works most, percent
     */
    record Before(Reading<Double> idleUtilization, HostSample host) {}

    Before before() throws InterruptedException {
        GpuPicture picture = context.gpus().collect(PATIENCE);
        return new Before(
                busiest(picture)
                        .map(g -> g.value(GpuMetric.UTILISATION))
                        .orElse(Reading.unsupported("there is no GPU")),
                context.sample().get());
    }

    /** Asks the GPUs for a sample, without waiting for it: called in the middle of an answer. */
    void glance() {
        context.gpus().request();
    }

    /** Returns what the last glance saw. */
    GpuPicture glanced() {
        return context.gpus().latest(PATIENCE);
    }

    private static Optional<GpuSample> busiest(GpuPicture picture) {
        return picture.gpus().stream()
                .max(Comparator.comparingDouble(g -> g.value(GpuMetric.UTILISATION).orElse(-1.0)));
    }

    /**
     * Puts together what is known after a request.
     *
     * @param during what the GPUs told in the middle of the answer
     * @param layers what the log told of the last load
     */
    Look after(Before before, GpuPicture during, Reading<Layers> layers) {
        Map<Sign, Reading<Double>> signs = new EnumMap<>(Sign.class);
        signs.put(Sign.LAYERS_ON_GPU, layers.map(l -> (double) l.onGpu()));
        signs.put(Sign.LAYERS, layers.map(l -> (double) l.all()));
        model(signs);
        HostMemory memory = context.host().memory();
        signs.put(Sign.MEM_FREE_BYTES, bytes(memory.free()));
        signs.put(Sign.MEM_AVAILABLE_BYTES, bytes(memory.available()));
        signs.put(Sign.PAGE_CACHE_BYTES, bytes(memory.pageCache()));
        Reading<List<Long>> blocks = context.host().freeBlocks();
        signs.put(Sign.LARGE_BLOCKS_SHARE, blocks.flatMap(Eyes::largeShare));
        signs.put(Sign.LARGEST_BLOCK_PAGES, blocks.map(Eyes::largest));
        List<GpuSample> gpus = during.gpus();
        signs.put(Sign.GPUS, Reading.known((double) gpus.size()));
        Reading<Double> none = Reading.unsupported("there is no GPU");
        Optional<GpuSample> gpu = busiest(during);
        signs.put(Sign.CLOCK_HERTZ, gpu.map(g -> g.value(GpuMetric.CLOCK)).orElse(none));
        signs.put(Sign.POWER_WATTS, gpu.map(g -> g.value(GpuMetric.POWER)).orElse(none));
        signs.put(
                Sign.TEMPERATURE_CELSIUS,
                gpu.map(g -> g.value(GpuMetric.TEMPERATURE)).orElse(none));
        signs.put(Sign.IDLE_UTILIZATION_PERCENT, before.idleUtilization());
        HostSample host = before.host();
        signs.put(Sign.LOAD_AVERAGE, host.cpu().load1());
        signs.put(Sign.CPU_PRESSURE, host.cpuPressure().some());
        signs.put(Sign.STOLEN_CPU, host.cpu().stolen());
        signs.put(
                Sign.CORES,
                host.cpu().cores().isEmpty()
                        ? Reading.unsupported("the processors are not counted here")
                        : Reading.known((double) host.cpu().cores().size()));
        Reading<HostProcess> runner = runner();
        signs.put(Sign.RUNNER_PID, runner.map(p -> (double) p.pid()));
        return new Look(
                signs,
                gpu.map(Eyes::slowedBy).orElse(Reading.unsupported("there is no GPU")),
                runner.map(p -> Text.plain(p.command(), LONGEST_COMMAND)),
                gpu.<Reading<Boolean>>map(g -> Reading.known(g.device().unifiedMemory()))
                        .orElse(Reading.unsupported("there is no GPU")),
                blocks);
    }

    private void model(Map<Sign, Reading<Double>> signs) {
        Reading<Double> none = Reading.failed("the server does not list the model as loaded");
        signs.put(Sign.SIZE_BYTES, none);
        signs.put(Sign.SIZE_VRAM_BYTES, none);
        signs.put(Sign.CONTEXT_TOKENS, none);
        try {
            for (LoadedModel loaded : context.server().loaded()) {
                if (Reloader.same(loaded.name(), model)) {
                    signs.put(Sign.SIZE_BYTES, bytes(loaded.total()));
                    signs.put(Sign.SIZE_VRAM_BYTES, bytes(loaded.onGpu()));
                    signs.put(Sign.CONTEXT_TOKENS, loaded.contextLength().map(Long::doubleValue));
                }
            }
        } catch (ServerException e) {
            // The reason above says as much.
        }
    }

    private static Reading<List<String>> slowedBy(GpuSample gpu) {
        return gpu.throttleReasons()
                .map(reasons ->
                        reasons.stream()
                                .filter(ThrottleReason::slowsDown)
                                .map(ThrottleReason::code)
                                .sorted()
                                .toList());
    }

    private static Reading<Double> bytes(Reading<Bytes> reading) {
        return reading.map(b -> (double) b.count());
    }

    static Reading<Double> largeShare(List<Long> blocks) {
        double all = 0;
        double large = 0;
        for (int order = 0; order < blocks.size(); order++) {
            double pages = Math.scalb((double) blocks.get(order), order);
            all += pages;
            large += order >= LARGE_BLOCK ? pages : 0;
        }
        return all > 0 ? Reading.known(large / all) : Reading.unsupported("no memory is free");
    }

    private static double largest(List<Long> blocks) {
        for (int order = blocks.size() - 1; order >= 0; order--) {
            if (blocks.get(order) > 0) {
                return Math.scalb(1.0, order);
            }
        }
        return 0;
    }

    /** Returns the process that holds the model. */
    Reading<HostProcess> runner() {
        return Runners.find(context.server().identity(), context.host());
    }
}
