package dev.stoker.plan;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gguf.GgmlType;
import dev.stoker.model.LayerShape;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.ModelFormat;
import dev.stoker.model.ModelShape;
import dev.stoker.model.ModelShape.Experts;
import dev.stoker.model.Tensor;
import dev.stoker.plan.advise.Quant;
import dev.stoker.plan.advise.Requantized;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Models with the true shapes of published ones, without their weights. */
public final class Synthetic {
    private String architecture = "llama";
    private int blocks = 32;
    private long embedding = 4096;
    private long feedForward = 14336;
    private int heads = 32;
    private int kvHeads = 8;
    private int head = 128;
    private long vocabulary = 128256;
    private long context = 131072;
    private boolean tied;
    private boolean fused;
    private boolean headNorms;
    private Experts experts = Experts.NONE;
    private int windowEvery;
    private long window;

    private Synthetic() {}

    public static ModelDescription llama8(Quant quant) {
        return new Synthetic().as("llama3.1:8b", quant);
    }

    public static ModelDescription llama70(Quant quant) {
        Synthetic s = new Synthetic();
        s.blocks = 80;
        s.embedding = 8192;
        s.feedForward = 28672;
        s.heads = 64;
        return s.as("llama3.3:70b", quant);
    }

    public static ModelDescription llama2of7(Quant quant) {
        Synthetic s = new Synthetic();
        s.feedForward = 11008;
        s.kvHeads = 32;
        s.vocabulary = 32000;
        s.context = 4096;
        return s.as("llama2:7b", quant);
    }

    public static ModelDescription mistral7(Quant quant) {
        Synthetic s = new Synthetic();
        s.vocabulary = 32768;
        s.context = 32768;
        return s.as("mistral:7b", quant);
    }

    public static ModelDescription llama3of3(Quant quant) {
        Synthetic s = new Synthetic();
        s.blocks = 28;
        s.embedding = 3072;
        s.feedForward = 8192;
        s.heads = 24;
        s.tied = true;
        return s.as("llama3.2:3b", quant);
    }

    public static ModelDescription llama3of1(Quant quant) {
        Synthetic s = new Synthetic();
        s.blocks = 16;
        s.embedding = 2048;
        s.feedForward = 8192;
        s.head = 64;
        s.tied = true;
        return s.as("llama3.2:1b", quant);
    }

    public static ModelDescription qwen3of8(Quant quant) {
        Synthetic s = new Synthetic();
        s.architecture = "qwen3";
        s.blocks = 36;
        s.feedForward = 12288;
        s.vocabulary = 151936;
        s.context = 40960;
        s.headNorms = true;
        return s.as("qwen3:8b", quant);
    }

    public static ModelDescription qwen2of32(Quant quant) {
        Synthetic s = new Synthetic();
        s.architecture = "qwen2";
        s.blocks = 64;
        s.embedding = 5120;
        s.feedForward = 27648;
        s.heads = 40;
        s.vocabulary = 152064;
        s.context = 32768;
        return s.as("qwen2.5-coder:32b", quant);
    }

    public static ModelDescription qwen2of7(Quant quant) {
        Synthetic s = new Synthetic();
        s.architecture = "qwen2";
        s.blocks = 28;
        s.embedding = 3584;
        s.feedForward = 18944;
        s.heads = 28;
        s.kvHeads = 4;
        s.vocabulary = 152064;
        return s.as("deepseek-r1:7b", quant);
    }

    public static ModelDescription phi4(Quant quant) {
        Synthetic s = new Synthetic();
        s.architecture = "phi3";
        s.blocks = 40;
        s.embedding = 5120;
        s.feedForward = 17920;
        s.heads = 40;
        s.kvHeads = 10;
        s.vocabulary = 100352;
        s.context = 16384;
        s.fused = true;
        return s.as("phi4:14b", quant);
    }

    public static ModelDescription mixtral(Quant quant) {
        Synthetic s = new Synthetic();
        s.vocabulary = 32000;
        s.context = 32768;
        s.experts = new Experts(8, 2, 14336, 0);
        return s.as("mixtral:8x7b", quant);
    }

    public static ModelDescription qwen3mixture(Quant quant) {
        Synthetic s = new Synthetic();
        s.architecture = "qwen3moe";
        s.blocks = 48;
        s.embedding = 2048;
        s.feedForward = 6144;
        s.kvHeads = 4;
        s.vocabulary = 151936;
        s.headNorms = true;
        s.experts = new Experts(128, 8, 768, 0);
        return s.as("qwen3:30b-a3b", quant);
    }

    /** As published: experts of 4 bits, the rest of 16 (Ollama's file). */
    public static ModelDescription gptOss() {
        Synthetic s = new Synthetic();
        s.architecture = "gpt-oss";
        s.blocks = 24;
        s.embedding = 2880;
        s.feedForward = 2880;
        s.heads = 64;
        s.head = 64;
        s.vocabulary = 201088;
        s.experts = new Experts(32, 4, 2880, 0);
        s.windowEvery = 2;
        s.window = 128;
        ModelDescription wide = s.as("gpt-oss:20b", Quant.BF16);
        List<Tensor> tensors =
                wide.tensors().stream()
                        .map(t -> t.name().contains("_exps") ? typed(t, GgmlType.MXFP4) : t)
                        .toList();
        return described(wide, tensors, "MXFP4");
    }

    private ModelDescription as(String name, Quant quant) {
        ModelDescription wide = wide(name);
        return quant == Quant.F16 ? wide : Requantized.of(wide).as(quant);
    }

    private ModelDescription wide(String name) {
        List<Tensor> tensors = new ArrayList<>();
        add(tensors, "token_embd.weight", embedding, vocabulary);
        List<LayerShape> layers = new ArrayList<>();
        for (int i = 0; i < blocks; i++) {
            block(tensors, "blk." + i + ".");
            boolean windowed = windowEvery > 0 && i % windowEvery != windowEvery - 1;
            layers.add(
                    new LayerShape(
                            heads,
                            kvHeads,
                            head,
                            head,
                            experts.any() ? 0 : feedForward,
                            windowed,
                            true,
                            0,
                            0,
                            experts.any()));
        }
        addNorm(tensors, "output_norm.weight", embedding);
        if (!tied) {
            add(tensors, "output.weight", embedding, vocabulary);
        }
        ModelShape shape =
                new ModelShape(
                        blocks,
                        0,
                        context,
                        embedding,
                        vocabulary,
                        layers,
                        experts,
                        window,
                        false,
                        false,
                        false,
                        Map.of());
        long parameters = tensors.stream().mapToLong(Tensor::elements).sum();
        long bytes = tensors.stream().mapToLong(t -> t.bytes().count()).sum();
        // Header: mostly the vocabulary.
        long header = 60L * vocabulary;
        return new ModelDescription(
                name,
                "synthetic",
                ModelFormat.GGUF,
                architecture,
                Reading.known(parameters),
                Reading.known("F16"),
                Reading.known(shape),
                tensors,
                Reading.known(Bytes.of(bytes + header)),
                List.of(),
                Map.of(),
                List.of());
    }

    private void block(List<Tensor> tensors, String prefix) {
        long wide = (long) heads * head;
        long narrow = (long) kvHeads * head;
        addNorm(tensors, prefix + "attn_norm.weight", embedding);
        if (fused) {
            add(tensors, prefix + "attn_qkv.weight", embedding, wide + 2 * narrow);
        } else {
            add(tensors, prefix + "attn_q.weight", embedding, wide);
            add(tensors, prefix + "attn_k.weight", embedding, narrow);
            add(tensors, prefix + "attn_v.weight", embedding, narrow);
        }
        if (headNorms) {
            addNorm(tensors, prefix + "attn_q_norm.weight", head);
            addNorm(tensors, prefix + "attn_k_norm.weight", head);
        }
        add(tensors, prefix + "attn_output.weight", wide, embedding);
        addNorm(tensors, prefix + "ffn_norm.weight", embedding);
        if (experts.any()) {
            long each = experts.feedForward();
            int count = experts.count();
            addNorm(tensors, prefix + "ffn_gate_inp.weight", embedding, count);
            add(tensors, prefix + "ffn_gate_exps.weight", embedding, each, count);
            add(tensors, prefix + "ffn_up_exps.weight", embedding, each, count);
            add(tensors, prefix + "ffn_down_exps.weight", each, embedding, count);
        } else if (fused) {
            add(tensors, prefix + "ffn_up.weight", embedding, 2 * feedForward);
            add(tensors, prefix + "ffn_down.weight", feedForward, embedding);
        } else {
            add(tensors, prefix + "ffn_gate.weight", embedding, feedForward);
            add(tensors, prefix + "ffn_up.weight", embedding, feedForward);
            add(tensors, prefix + "ffn_down.weight", feedForward, embedding);
        }
    }

    private static void add(List<Tensor> tensors, String name, long a, long b) {
        tensors.add(tensor(name, GgmlType.F16, List.of(a, b)));
    }

    private static void add(List<Tensor> tensors, String name, long a, long b, int c) {
        tensors.add(tensor(name, GgmlType.F16, List.of(a, b, (long) c)));
    }

    private static void addNorm(List<Tensor> tensors, String name, long a) {
        tensors.add(tensor(name, GgmlType.F32, List.of(a)));
    }

    private static void addNorm(List<Tensor> tensors, String name, long a, int b) {
        tensors.add(tensor(name, GgmlType.F32, List.of(a, (long) b)));
    }

    private static Tensor typed(Tensor tensor, GgmlType type) {
        return tensor(tensor.name(), type, tensor.dimensions());
    }

    private static Tensor tensor(String name, GgmlType type, List<Long> dimensions) {
        long bytes = type.rowBytes(dimensions.getFirst());
        for (long d : dimensions.subList(1, dimensions.size())) {
            bytes *= d;
        }
        return new Tensor(name, type.name(), dimensions, Bytes.of(bytes), 0, -1);
    }

    private static ModelDescription described(
            ModelDescription m, List<Tensor> tensors, String quantization) {
        long bytes = tensors.stream().mapToLong(t -> t.bytes().count()).sum();
        return new ModelDescription(
                m.name(),
                m.origin(),
                m.format(),
                m.architecture(),
                m.parameters(),
                Reading.known(quantization),
                m.shape(),
                tensors,
                Reading.known(Bytes.of(bytes + 12_000_000)),
                List.of(),
                Map.of(),
                List.of());
    }
}
