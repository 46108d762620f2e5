package dev.stoker.memory.llama;

import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.ModelShape;
import dev.stoker.model.Tensor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors of a model as llama.cpp loads them: which layer each belongs to, which are left out,
 * and what each takes on the host and on a GPU. Made once a model. Pure.
 */
final class LlamaWeights {
    private static final long TRIED = 512;

    /** The layer of what is looked up by token: always the host. */
    static final int INPUT = -1;

    /** The layer of tensors that every device has which holds a layer. */
    static final int EACH = -2;

    /**
     * One tensor.
     *
     * @param dimensions the contiguous one first; empty where they are not known
     * @param layer its block, {@link #INPUT}, {@link #EACH}, or the number of blocks for the output
     * @param packed bytes of its copy in the processor's own order; 0 where there is none
     * @param expert whether it belongs to the experts of a mixture
     * @param copy whether it is the second copy of a tensor that is also looked up by token
     */
    record Weight(
            String name,
            List<Long> dimensions,
            int layer,
            long bytes,
            long packed,
            boolean expert,
            boolean copy,
            int file,
            long offset) {}

    private final List<Weight> weights;
    private final Map<Integer, List<Weight>> byLayer = new HashMap<>();
    private final Map<Integer, Integer> names = new HashMap<>();
    private final Map<Integer, Integer> sizes = new HashMap<>();
    private final long projector;
    private final long unused;
    private final boolean known;

    private LlamaWeights(List<Weight> weights, long projector, long unused, boolean known) {
        this.weights = weights;
        this.projector = projector;
        this.unused = unused;
        this.known = known;
        for (Weight weight : weights) {
            byLayer.computeIfAbsent(weight.layer(), _ -> new ArrayList<>()).add(weight);
        }
        Map<List<String>, Integer> kindsOfNames = new HashMap<>();
        Map<List<Long>, Integer> kindsOfSizes = new HashMap<>();
        byLayer.forEach((layer, all) -> {
            List<String> suffixes = all.stream().map(w -> suffix(w.name())).toList();
            List<Long> bytes = all.stream().map(Weight::bytes).toList();
            names.put(layer, kindsOfNames.computeIfAbsent(suffixes, _ -> kindsOfNames.size()));
            sizes.put(layer, kindsOfSizes.computeIfAbsent(bytes, _ -> kindsOfSizes.size()));
        });
    }

    private static String suffix(String name) {
        return name.substring(name.indexOf('.', name.indexOf("blk.") + 4) + 1);
    }

    /** Returns the weights of a layer. */
    List<Weight> of(int layer) {
        return byLayer.getOrDefault(layer, List.of());
    }

    /** Returns whether there is a bias for pairs of tokens, as in T5. */
    boolean paired() {
        return of(0).stream().anyMatch(w -> w.name().contains("attn_rel_b"));
    }

    /** Returns a number that layers have in common whose weights have the same names. */
    int names(int layer) {
        return names.getOrDefault(layer, -1);
    }

    /** Returns a number that layers have in common whose weights have the same sizes. */
    int sizes(int layer) {
        return sizes.getOrDefault(layer, -1);
    }

    /**
     * @param prediction whether the blocks for multi-token prediction are loaded
     */
    static LlamaWeights of(
            ModelDescription model, ModelShape shape, HostPacking packing, boolean prediction) {
        if (model.tensors().isEmpty()) {
            return guessed(model, shape);
        }
        List<Weight> weights = new ArrayList<>(model.tensors().size() + 1);
        int blocks = shape.blocks();
        long projector = 0;
        long unused = 0;
        boolean hasOutput = false;
        Tensor table = null;
        for (Tensor tensor : model.tensors()) {
            String name = usual(tensor.name(), model.architecture());
            if (isProjector(name)) {
                projector += tensor.bytes().count();
                continue;
            }
            int layer = layer(tensor, name, blocks);
            boolean skipped =
                    (!prediction && layer >= shape.mainBlocks() && layer < blocks)
                            || name.startsWith("masked_embd");
            if (skipped) {
                unused += tensor.bytes().count();
                continue;
            }
            hasOutput |= name.equals("output.weight");
            if (name.equals("token_embd.weight")) {
                table = tensor;
            }
            weights.add(
                    new Weight(
                            name,
                            tensor.dimensions(),
                            layer,
                            tensor.bytes().count(),
                            layer == INPUT ? 0 : packing.copy(tensor),
                            isExpert(name),
                            false,
                            tensor.file(),
                            tensor.offset()));
        }
        if (!hasOutput
                && table != null
                && (!shape.encoder() || model.architecture().equals("gemma-embedding"))) {
            Tensor asOutput =
                    new Tensor(
                            "output.weight",
                            table.type(),
                            table.dimensions(),
                            table.bytes(),
                            table.file(),
                            table.offset());
            weights.add(
                    new Weight(
                            "output.weight",
                            table.dimensions(),
                            blocks,
                            table.bytes().count(),
                            packing.copy(asOutput),
                            false,
                            true,
                            table.file(),
                            table.offset()));
        }
        return new LlamaWeights(List.copyOf(weights), projector, unused, true);
    }

    /** Where no tensors are told: the file's bytes, shared out by the usual formulas. */
    private static LlamaWeights guessed(ModelDescription model, ModelShape shape) {
        long all = model.fileSize().map(b -> b.count()).orElse(0L);
        double table = (double) shape.vocabulary() * shape.embedding();
        double[] blocks = new double[shape.blocks()];
        double sum = 2 * table;
        for (int i = 0; i < blocks.length; i++) {
            var layer = shape.layers().get(i);
            double attention =
                    (double) shape.embedding()
                            * (2.0 * layer.heads() * layer.keyLength()
                                    + (double) layer.kvHeads()
                                            * (layer.keyLength() + layer.valueLength()));
            double feedForward =
                    layer.experts()
                            ? 3.0
                                    * shape.embedding()
                                    * (shape.experts().count()
                                                    * (double) shape.experts().feedForward()
                                            + shape.experts().sharedFeedForward())
                            : 3.0 * shape.embedding() * layer.feedForward();
            blocks[i] = attention + feedForward;
            sum += blocks[i];
        }
        List<Weight> weights = new ArrayList<>();
        double each = sum > 0 ? all / sum : 0;
        weights.add(
                new Weight(
                        "token_embd.weight",
                        List.of(),
                        INPUT,
                        (long) (table * each),
                        0,
                        false,
                        false,
                        0,
                        -1));
        for (int i = 0; i < blocks.length; i++) {
            weights.add(
                    new Weight(
                            "blk." + i,
                            List.of(),
                            i,
                            (long) (blocks[i] * each),
                            0,
                            false,
                            false,
                            0,
                            -1));
        }
        weights.add(
                new Weight(
                        "output.weight",
                        List.of(),
                        blocks.length,
                        (long) (table * each),
                        0,
                        false,
                        false,
                        0,
                        -1));
        return new LlamaWeights(weights, 0, 0, false);
    }

    /** LFM2 calls the norm before its output one of embeddings. */
    private static String usual(String name, String architecture) {
        return architecture.startsWith("lfm2") && name.startsWith("token_embd_norm")
                ? name.replace("token_embd_norm", "output_norm")
                : name;
    }

    private static int layer(Tensor tensor, String name, int blocks) {
        int block = tensor.block();
        if (block >= 0) {
            return Math.min(block, blocks - 1);
        }
        if (name.startsWith("enc.blk.") || name.startsWith("dec.blk.")) {
            return blockAfter(name, 8, blocks);
        }
        if (name.startsWith("token_embd.")
                || name.startsWith("position_embd")
                || name.startsWith("token_types")
                || name.startsWith("per_layer_token_embd")) {
            return INPUT;
        }
        if (name.startsWith("rope_freqs") || name.startsWith("rope_factors")) {
            return EACH;
        }
        if (name.startsWith("token_embd_norm") || name.startsWith("per_layer_")) {
            return 0;
        }
        return blocks;
    }

    private static int blockAfter(String name, int at, int blocks) {
        int number = 0;
        int i = at;
        while (i < name.length() && i < at + 5 && Character.isDigit(name.charAt(i))) {
            number = number * 10 + name.charAt(i) - '0';
            i++;
        }
        return Math.min(number, blocks - 1);
    }

    private static boolean isExpert(String name) {
        return name.contains("_exps.") || name.contains("_chexps.");
    }

    private static boolean isProjector(String name) {
        return name.startsWith("v.") || name.startsWith("mm.") || name.startsWith("a.");
    }

    /** Returns whether a GPU of this kind computes the scan of the first Mamba. */
    static boolean scansEach(DeviceKind kind) {
        return kind != DeviceKind.VULKAN;
    }

    /** Returns whether a GPU computes with a weight: llama.cpp tries it with a batch of 512. */
    static boolean fits(Weight weight, MemoryDevice gpu) {
        long most = gpu.largestTensor().count();
        List<Long> shape = weight.dimensions();
        if (weight.name().endsWith(".ssm_a") && shape.size() == 2 && shape.getFirst() > 1) {
            return scansEach(gpu.kind());
        }
        boolean matrix = shape.size() == 2 && shape.get(1) > 1;
        return weight.bytes() <= most && (!matrix || most / TRIED / Float.BYTES >= shape.get(1));
    }

    /** Returns the GPU that a weight is meant for, or {@link Placement#HOST}. */
    static int device(Weight weight, Placement placement, int hostExperts) {
        boolean stays = weight.layer() < 0 || (weight.expert() && weight.layer() < hostExperts);
        return stays ? Placement.HOST : placement.device()[weight.layer()];
    }

    List<Weight> all() {
        return weights;
    }

    /** Returns the bytes of a projector that lies in the model's own file. */
    long projector() {
        return projector;
    }

    /** Returns the bytes of tensors that are in the file and are not loaded. */
    long unused() {
        return unused;
    }

    /** Returns whether the tensors are told, or only guessed. */
    boolean known() {
        return known;
    }
}
