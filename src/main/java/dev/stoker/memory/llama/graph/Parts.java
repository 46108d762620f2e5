package dev.stoker.memory.llama.graph;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;

/** The smallest parts that the graphs of all models are made of. */
final class Parts {
    static final int FLOAT = 4;
    private static final int SMALL = 32;
    private static final String BLOCK = "blk.";

    final Graph graph = new Graph();
    final Batch batch;
    private final boolean rootMeanSquare;
    private final Map<String, Node> weights = new HashMap<>();

    Parts(Batch batch, boolean rootMeanSquare) {
        this.batch = batch;
        this.rootMeanSquare = rootMeanSquare;
    }

    boolean has(String name) {
        return batch.weights().containsKey(name);
    }

    /** Returns whether there is a norm; some files leave out the end of its name. */
    boolean hasNorm(String name) {
        return has(name + ".weight") || has(name);
    }

    @Nullable Node weight(String name) {
        Stored stored = batch.weights().get(name);
        return stored == null
                ? null
                : weights.computeIfAbsent(name, _ -> node(stored, stored.device()));
    }

    /** Returns the copy that a layer's device has of a weight that every device has. */
    @Nullable Node weightOf(int layer, String name) {
        Stored stored = batch.weights().get(name);
        return stored == null
                ? null
                : weights.computeIfAbsent(
                        batch.layers().get(layer) + " " + name,
                        _ -> node(stored, batch.layers().get(layer)));
    }

    private static Node node(Stored stored, int device) {
        long[] shape = new long[Math.min(4, stored.dimensions().size())];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = stored.dimensions().get(i);
        }
        return Node.stored(stored.bytes(), Node.of(shape), device, true);
    }

    /** Multiplies with a weight and adds its bias, where there is one. */
    Node linear(String name, Node x) {
        Node weight = weight(name + ".weight");
        Node result = weight == null ? x : multiply(weight, x);
        return plusBias(name, result);
    }

    Node plusBias(String name, Node x) {
        Node bias = weight(name + ".bias");
        return bias == null ? x : same(Op.ADD, x, bias);
    }

    Node multiply(Node a, Node b) {
        return Node.result(
                Op.MUL_MAT,
                FLOAT,
                new long[] {a.shape[1], b.shape[1], b.shape[2], b.shape[3]},
                a,
                b);
    }

    Node same(Op op, Node... sources) {
        return Node.result(op, FLOAT, sources[0].shape, sources);
    }

    Node add(Node a, Node b) {
        return same(Op.ADD, a, b);
    }

    Node norm(String name, Node x) {
        return norm(name, x, rootMeanSquare);
    }

    Node norm(String name, Node x, boolean meanSquare) {
        Node weight = weight(has(name) ? name : name + ".weight");
        Node bias = weight(name + ".bias");
        Node result = same(meanSquare ? Op.RMS_NORM : Op.NORM, x);
        if (weight == null && bias == null) {
            return result;
        }
        int layer = layer(name);
        if (batch.tokens() < SMALL && layer >= 0) {
            result.device = batch.layers().get(layer);
        }
        result = weight == null ? result : same(Op.MUL, result, weight);
        return bias == null ? result : same(Op.ADD, result, bias);
    }

    /** Returns the layer whose device computes a norm of a small batch; -1 for any. */
    private static int layer(String name) {
        int end = name.indexOf('.', BLOCK.length());
        return name.startsWith(BLOCK) && end > 0 && !name.endsWith("post_ffw_norm")
                ? Integer.parseInt(name.substring(BLOCK.length(), end))
                : -1;
    }

    Node reshape(Node x, long... shape) {
        return Node.view(Op.RESHAPE, x, Node.of(shape), true, x);
    }

    Node view(Node x, boolean plain, long... shape) {
        return Node.view(Op.VIEW, x, Node.of(shape), plain, x);
    }

    /** Returns a part of each token's row. */
    Node slice(Node x, long... shape) {
        return Node.slice(x, shape[shape.length - 1], Node.of(shape));
    }

    Node permute(Node x) {
        long[] s = x.shape;
        long[] turned = {s[0], s[2], s[1], s[3]};
        return x.unit == 0
                ? Node.part(Op.PERMUTE, x, x.bytes, turned)
                : Node.view(Op.PERMUTE, x, turned, false, x);
    }

    Node rows(Node x, Node which) {
        return Node.result(
                Op.GET_ROWS, FLOAT, Node.of(x.shape[0], which.shape[0], which.shape[1]), x, which);
    }
}
