package dev.stoker.gpu.nvml;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuSample;

import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The plain figures of one GPU. What can't change is read once, what changes rarely every five
 * seconds, the rest each time. Used by one thread.
 */
final class NvmlFigures {
    private static final long RARELY_NANOS = 5_000_000_000L;
    private static final int SM = 1;
    private static final int GRAPHICS = 0;
    private static final int MEMORY_CLOCK = 2;
    private static final int SHUTDOWN_MARK = 0;
    private static final int SLOWDOWN_MARK = 1;
    private static final int TEMPERATURE_STRUCT = 0x0100000C;
    private static final int FIELD_MEMORY_TEMPERATURE = 82;

    private static final double HOTTEST = 200;
    private static final double MOST_WATTS = 20_000;
    private static final double FASTEST = 20e9;

    private final NvmlCalls calls;
    private final long device;
    private final boolean unified;
    private final boolean pcieThroughput;
    private final NvmlHealth health;
    private final Map<GpuMetric, Reading<Double>> facts = new EnumMap<>(GpuMetric.class);
    private Map<GpuMetric, Reading<Double>> rare = Map.of();
    private long rareSince;
    private int fans = -1;

    NvmlFigures(NvmlCalls calls, long device, boolean unified, boolean pcieThroughput) {
        this.calls = calls;
        this.device = device;
        this.unified = unified;
        this.pcieThroughput = pcieThroughput;
        this.health = new NvmlHealth(calls, device);
    }

    void fill(GpuSample.Builder sample, Trust trust, boolean split, long nanos) {
        sample.put(GpuMetric.TEMPERATURE, trust.positive(temperature(), HOTTEST));
        sample.put(
                GpuMetric.POWER,
                trust.positive(
                        calls.figure(NvmlFunction.POWER, device, 1).map(NvmlFigures::thousandth),
                        MOST_WATTS));
        sample.put(GpuMetric.CLOCK, trust.positive(clock(NvmlFunction.CLOCK, SM), FASTEST));
        sample.put(
                GpuMetric.GRAPHICS_CLOCK,
                trust.positive(clock(NvmlFunction.CLOCK, GRAPHICS), FASTEST));
        sample.put(
                GpuMetric.MEMORY_CLOCK,
                trust.positive(clock(NvmlFunction.CLOCK, MEMORY_CLOCK), FASTEST));
        sample.put(
                GpuMetric.POWER_LIMIT,
                trust.positiveFact(
                        calls.figure(NvmlFunction.POWER_LIMIT, device, 1)
                                .map(NvmlFigures::thousandth),
                        MOST_WATTS));
        sample.put(
                GpuMetric.ENERGY,
                trust.positiveFact(
                        calls.number(NvmlFunction.ENERGY, device).map(mJ -> mJ / 1e3),
                        Double.MAX_VALUE));
        utilisation(sample, trust, split);
        sample.put(GpuMetric.FAN, trust.share(fan(), 500));
        sample.put(GpuMetric.PERFORMANCE_STATE, performanceState());
        sample.put(GpuMetric.MEMORY_TEMPERATURE, trust.positiveFact(memoryTemperature(), HOTTEST));
        pcie(sample, trust);
        facts(trust);
        facts.forEach(sample::put);
        if (rare.isEmpty() || nanos - rareSince >= RARELY_NANOS) {
            rare = health.read();
            rareSince = nanos;
        }
        rare.forEach(sample::put);
    }

    private Reading<Double> temperature() {
        MemorySegment s = calls.cleared();
        s.set(JAVA_INT, 0, TEMPERATURE_STRUCT);
        int code = calls.call(NvmlFunction.TEMPERATURE, device, calls.at(0));
        return code == NvmlReturn.OK
                ? Reading.known((double) s.get(JAVA_INT, 8))
                : calls.figure(NvmlFunction.TEMPERATURE_OLD, device, 0, 1);
    }

    /** Milliwatts are divided: to multiply by 0.001 gives 455.20000000000005. */
    private static double thousandth(double value) {
        return value / 1000;
    }

    private Reading<Double> clock(NvmlFunction function, int which) {
        return calls.figure(function, device, which, 1e6);
    }

    private void utilisation(GpuSample.Builder sample, Trust trust, boolean split) {
        calls.scratch().set(JAVA_LONG, 0, 0);
        int code = calls.call(NvmlFunction.UTILISATION, device, calls.at(0));
        int gpu = calls.scratch().get(JAVA_INT, 0);
        int memory = calls.scratch().get(JAVA_INT, 4);
        Reading<Double> none =
                split && code != NvmlReturn.OK
                        ? Reading.unsupported("not told while MIG is on")
                        : NvmlReturn.reading(code);
        boolean told = code == NvmlReturn.OK;
        sample.put(GpuMetric.UTILISATION, told ? trust.utilisation(unsigned(gpu)) : none);
        sample.put(GpuMetric.MEMORY_UTILISATION, told ? trust.share(unsigned(memory), 100) : none);
        sample.put(GpuMetric.ENCODER_UTILISATION, trust.share(codec(NvmlFunction.ENCODER), 100));
        sample.put(GpuMetric.DECODER_UTILISATION, trust.share(codec(NvmlFunction.DECODER), 100));
    }

    private Reading<Double> codec(NvmlFunction function) {
        calls.scratch().set(JAVA_LONG, 0, 0);
        int code = calls.call(function, device, calls.at(0), calls.at(4));
        return code == NvmlReturn.OK
                ? unsigned(calls.scratch().get(JAVA_INT, 0))
                : NvmlReturn.reading(code);
    }

    private static Reading<Double> unsigned(int value) {
        return Reading.known((double) Integer.toUnsignedLong(value));
    }

    /** Boards with several fans tell each; their mean is shown. */
    private Reading<Double> fan() {
        if (fans < 0) {
            fans = Math.min(16, calls.integer(NvmlFunction.FAN_COUNT, device).orElse(0));
        }
        double sum = 0;
        int told = 0;
        for (int i = 0; i < fans; i++) {
            Reading<Double> one = calls.figure(NvmlFunction.FAN_OF, device, i, 1);
            if (one.isKnown()) {
                sum += one.value();
                told++;
            }
        }
        return told > 0 ? Reading.known(sum / told) : calls.figure(NvmlFunction.FAN, device, 1);
    }

    private Reading<Double> performanceState() {
        Reading<Double> state = calls.figure(NvmlFunction.PERFORMANCE_STATE, device, 1);
        return state.isKnown() && state.value() > 15
                ? Reading.unsupported("the driver does not know it")
                : state;
    }

    private Reading<Double> memoryTemperature() {
        MemorySegment s = calls.cleared();
        s.set(JAVA_INT, 0, FIELD_MEMORY_TEMPERATURE);
        int code = calls.call(NvmlFunction.FIELD_VALUES, device, 1, calls.at(0));
        int own = s.get(JAVA_INT, 28);
        if (code != NvmlReturn.OK || own != NvmlReturn.OK) {
            return NvmlReturn.reading(code != NvmlReturn.OK ? code : own);
        }
        return Reading.known((double) s.get(JAVA_INT, 32));
    }

    private void pcie(GpuSample.Builder sample, Trust trust) {
        if (unified) {
            // Integrated GPUs answer Gen 1 × 1, which is no link that anything goes over.
            Reading<Double> none = Reading.unsupported("this GPU is not connected by PCIe");
            sample.put(GpuMetric.PCIE_GENERATION, none).put(GpuMetric.PCIE_WIDTH, none);
            return;
        }
        sample.put(
                GpuMetric.PCIE_GENERATION,
                trust.positiveFact(calls.figure(NvmlFunction.PCIE_GENERATION, device, 1), 16));
        sample.put(
                GpuMetric.PCIE_WIDTH,
                trust.positiveFact(calls.figure(NvmlFunction.PCIE_WIDTH, device, 1), 64));
        if (pcieThroughput) {
            sample.put(
                    GpuMetric.PCIE_SENT,
                    calls.figure(NvmlFunction.PCIE_THROUGHPUT, device, 0, 1000));
            sample.put(
                    GpuMetric.PCIE_RECEIVED,
                    calls.figure(NvmlFunction.PCIE_THROUGHPUT, device, 1, 1000));
        } else {
            Reading<Double> none = Reading.unsupported("not asked for: it takes 20 ms a GPU");
            sample.put(GpuMetric.PCIE_SENT, none).put(GpuMetric.PCIE_RECEIVED, none);
        }
    }

    /** What does not change, read once; what failed then is tried again. */
    private void facts(Trust trust) {
        fact(GpuMetric.CLOCK_MAX, trust, () -> clock(NvmlFunction.CLOCK_MAX, SM), FASTEST);
        fact(
                GpuMetric.GRAPHICS_CLOCK_MAX,
                trust,
                () -> clock(NvmlFunction.CLOCK_MAX, GRAPHICS),
                FASTEST);
        fact(
                GpuMetric.MEMORY_CLOCK_MAX,
                trust,
                () -> clock(NvmlFunction.CLOCK_MAX, MEMORY_CLOCK),
                FASTEST);
        fact(GpuMetric.SLOWDOWN_TEMPERATURE, trust, () -> mark(SLOWDOWN_MARK), HOTTEST);
        fact(GpuMetric.SHUTDOWN_TEMPERATURE, trust, () -> mark(SHUTDOWN_MARK), HOTTEST);
        if (!unified) {
            fact(
                    GpuMetric.PCIE_GENERATION_MAX,
                    trust,
                    () -> calls.figure(NvmlFunction.PCIE_GENERATION_MAX, device, 1),
                    16);
            fact(
                    GpuMetric.PCIE_WIDTH_MAX,
                    trust,
                    () -> calls.figure(NvmlFunction.PCIE_WIDTH_MAX, device, 1),
                    64);
        }
    }

    private void fact(GpuMetric metric, Trust trust, Supplier<Reading<Double>> read, double most) {
        Reading<Double> known = facts.get(metric);
        if (known == null || known instanceof Reading.Failed<Double>) {
            facts.put(metric, trust.positiveFact(read.get(), most));
        }
    }

    private Reading<Double> mark(int which) {
        return calls.figure(NvmlFunction.TEMPERATURE_MARK, device, which, 1);
    }
}
