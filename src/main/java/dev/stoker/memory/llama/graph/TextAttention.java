package dev.stoker.memory.llama.graph;

import dev.stoker.model.LayerShape;

import org.jspecify.annotations.Nullable;

/** Attention of a text to itself: encoders have no cache. */
final class TextAttention {
    private static final int HALF = 2;

    private final Parts parts;
    private final Batch batch;
    private final Node plainMask;
    private final Node windowMask;

    TextAttention(Parts parts) {
        this.parts = parts;
        this.batch = parts.batch;
        plainMask = pairs();
        windowMask = batch.shape().slidingWindow() > 0 ? pairs() : plainMask;
    }

    private Node pairs() {
        return Node.input(batch.flash() ? HALF : Parts.FLOAT, batch.tokens(), batch.tokens());
    }

    /**
     * Attention of a text to itself, without a cache.
     *
     * @param bias for each pair of tokens and each head; or null
     */
    Node of(int layer, LayerShape shape, Node query, Node key, Node value, @Nullable Node bias) {
        Node mask = shape.window() ? windowMask : plainMask;
        parts.graph.add(query);
        parts.graph.add(key);
        parts.graph.add(value);
        long tokens = batch.tokens();
        Node q = parts.permute(parts.view(query, true, query.shape));
        Node k = parts.permute(key);
        Node v = parts.permute(value);
        long width = (long) shape.heads() * shape.valueLength();
        if (batch.flash() && bias == null) {
            Node keys = Node.result(Op.OTHER, HALF, k.shape, k);
            Node values = Node.result(Op.OTHER, HALF, v.shape, v);
            long[] heads = Node.of(shape.valueLength(), shape.heads(), tokens);
            Node sum = Node.result(Op.FLASH, Parts.FLOAT, heads, q, keys, values, mask);
            sum.layer = layer;
            Node flat = parts.reshape(sum, width, tokens);
            return parts.graph.add(flat);
        }
        long[] pairs = Node.of(tokens, tokens, shape.heads());
        Node scores = Node.result(Op.MUL_MAT, Parts.FLOAT, pairs, k, q);
        if (bias != null) {
            scores = parts.add(scores, bias);
        }
        Node weights = parts.same(Op.SOFT_MAX, scores, mask);
        long[] turned = {v.shape[1], v.shape[0], v.shape[2], 1};
        Node across = Node.view(Op.PERMUTE, v, turned, false, v);
        Node values = Node.result(Op.CONT, Parts.FLOAT, turned, across);
        long[] heads = Node.of(shape.valueLength(), tokens, shape.heads());
        Node sum = parts.permute(Node.result(Op.MUL_MAT, Parts.FLOAT, heads, values, weights));
        Node flat = Node.result(Op.CONT, Parts.FLOAT, Node.of(width, tokens), sum);
        return parts.graph.add(flat);
    }
}
