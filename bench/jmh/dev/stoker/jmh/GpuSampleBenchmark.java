package dev.stoker.jmh;

import dev.stoker.base.Clock;
import dev.stoker.gpu.GpuReport;
import dev.stoker.gpu.nvml.NvmlSource;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What one sample of eight GPUs costs this program beside the driver's own time: NVML is the fake
 * of {@code native/nvml}, which {@code bench/startup --gpu} builds; its box is named by FAKE_NVML.
 */
@BenchmarkMode({Mode.AverageTime, Mode.SampleTime})
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@State(Scope.Thread)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class GpuSampleBenchmark {
    private static final int GPUS = 8;

    private NvmlSource source;

    /** Opens the library and looks whether it is the box that is meant. */
    @Setup
    public void open() {
        Path library = Path.of("target/bench/nvml/libnvidia-ml.so.1").toAbsolutePath();
        if (!Files.exists(library)) {
            throw new IllegalStateException(library + " is missing: run bench/startup --gpu first");
        }
        source =
                new NvmlSource(
                        Map.of("STOKER_NVML", library.toString()),
                        Path.of("/"),
                        Clock.system(),
                        false);
        int gpus = source.sample().gpus().size();
        if (gpus != GPUS) {
            throw new IllegalStateException("FAKE_NVML names a box of " + gpus + " GPUs, not 8");
        }
    }

    @TearDown
    public void close() {
        source.close();
    }

    @Benchmark
    public GpuReport sampleOfEight() {
        return source.sample();
    }
}
