package dev.stoker.jmh;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gguf.GgmlType;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.llama.HostPacking;
import dev.stoker.memory.llama.Overheads;
import dev.stoker.model.LayerShape;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.ModelShape;
import dev.stoker.model.Tensor;
import dev.stoker.plan.Fitting;
import dev.stoker.plan.LlamaEstimate;
import dev.stoker.plan.advise.Advisor;
import dev.stoker.plan.advise.Quant;
import dev.stoker.plan.device.Box;
import dev.stoker.plan.device.Boxes;
import dev.stoker.plan.device.GpuTable;
import dev.stoker.plan.pack.KnownModels;
import dev.stoker.plan.speed.Calibration;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The advice for 20 models on 8 GPUs in 6 quantisations, from descriptions with all their tensors:
 * sizes, fit, largest context and speed of 960 combinations. {@code cold} is the first time in a
 * process, as a command has it.
 */
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Thread)
public class AdviceBenchmark {
    private static final int MODELS = 20;
    private static final List<String> GPUS =
            List.of(
                    "Quadro P4000",
                    "RTX 3060 12GB",
                    "RTX 4060 Ti 16GB",
                    "A10G",
                    "RTX 4090",
                    "L40S",
                    "H100 SXM",
                    "DGX Spark");

    private List<ModelDescription> models = List.of();
    private List<Box> boxes = List.of();

    @Setup
    public void describe() {
        models =
                KnownModels.all().stream()
                        .skip(KnownModels.all().size() - MODELS)
                        .map(AdviceBenchmark::withTensors)
                        .toList();
        boxes = GPUS.stream().map(name -> Boxes.of(GpuTable.standard().require(name), 1)).toList();
    }

    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @Fork(1)
    @Warmup(iterations = 3, time = 2)
    @Measurement(iterations = 5, time = 2)
    public int warm() {
        return advise();
    }

    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    @Fork(5)
    @Warmup(iterations = 0)
    @Measurement(iterations = 1)
    public int cold() {
        return advise();
    }

    private int advise() {
        int rows = 0;
        for (ModelDescription model : models) {
            Fitting fitting = new Fitting(new LlamaEstimate(Overheads.usual(HostPacking.NONE)));
            Advisor advisor = new Advisor(model, Quant.USUAL, fitting);
            for (Box box : boxes) {
                rows +=
                        advisor.advise(box.devices(), LlamaSettings.defaults(), 8, Calibration.NONE)
                                .rows()
                                .size();
            }
        }
        if (rows < MODELS * GPUS.size() * Quant.USUAL.size()) {
            throw new IllegalStateException(rows + " rows");
        }
        return rows;
    }

    private static ModelDescription withTensors(ModelDescription m) {
        ModelShape s = m.shape().value();
        long width = s.embedding();
        List<Tensor> tensors = new ArrayList<>();
        add(tensors, "token_embd.weight", width, s.vocabulary());
        for (int i = 0; i < s.blocks(); i++) {
            LayerShape l = s.layers().get(i);
            String at = "blk." + i + ".";
            long queries = (long) l.heads() * l.keyLength();
            add(tensors, at + "attn_q.weight", width, queries);
            add(tensors, at + "attn_k.weight", width, l.keyWidth());
            add(tensors, at + "attn_v.weight", width, l.valueWidth());
            add(tensors, at + "attn_output.weight", queries, width);
            String suffix = l.experts() ? "_exps.weight" : ".weight";
            long inner = l.experts() ? s.experts().feedForward() : l.feedForward();
            long count = l.experts() ? s.experts().count() : 1;
            add(tensors, at + "ffn_gate" + suffix, width, inner, count);
            add(tensors, at + "ffn_up" + suffix, width, inner, count);
            add(tensors, at + "ffn_down" + suffix, inner, width, count);
        }
        add(tensors, "output.weight", width, s.vocabulary());
        return new ModelDescription(
                m.name(),
                m.origin(),
                m.format(),
                m.architecture(),
                m.parameters(),
                Reading.known("Q8_0"),
                m.shape(),
                tensors,
                Reading.known(Bytes.of(tensors.stream().mapToLong(t -> t.bytes().count()).sum())),
                List.of(),
                m.defaults(),
                List.of());
    }

    private static void add(List<Tensor> tensors, String name, long... dimensions) {
        List<Long> sizes = new ArrayList<>();
        long rows = 1;
        for (long d : dimensions) {
            sizes.add(d);
            rows *= sizes.size() > 1 ? d : 1;
        }
        long bytes = GgmlType.Q8_0.rowBytes(dimensions[0]) * rows;
        tensors.add(new Tensor(name, "Q8_0", sizes, Bytes.of(bytes), 0, -1));
    }
}
