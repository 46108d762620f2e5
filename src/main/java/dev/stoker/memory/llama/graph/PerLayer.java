package dev.stoker.memory.llama.graph;

import org.jspecify.annotations.Nullable;

/** Embeddings that each layer gets of its own, beside the stream. */
final class PerLayer {
    private final Parts parts;
    private final long tokens;
    private final long width;
    private @Nullable Node all;

    PerLayer(Parts parts) {
        this.parts = parts;
        tokens = parts.batch.tokens();
        width = parts.batch.shape().number("embedding_length_per_layer_input", 0);
    }

    /**
     * @param stream the embeddings of the model itself
     */
    void begin(Node stream) {
        Node table = parts.weight("per_layer_token_embd.weight");
        if (table == null || width == 0) {
            return;
        }
        long layers = parts.batch.shape().blocks();
        Node looked = parts.rows(table, Node.input(Parts.FLOAT, tokens));
        looked = parts.same(Op.SCALE, parts.reshape(looked, width, layers, tokens));
        parts.graph.add(looked);
        Node projected = parts.same(Op.SCALE, parts.linear("per_layer_model_proj", stream));
        projected = parts.reshape(projected, width, layers, tokens);
        projected = parts.norm("per_layer_proj_norm", projected);
        Node sum = parts.same(Op.SCALE, parts.add(projected, looked));
        Node turned = parts.permute(sum);
        all = parts.same(Op.CONT, turned);
    }

    /** Returns a layer's own part. */
    @Nullable Node slice() {
        Node whole = all;
        return whole == null
                ? null
                : Node.tail(whole, Parts.FLOAT * width * tokens, Node.of(width, tokens));
    }

    /** Returns the stream with a layer's own part. */
    Node with(String block, Node stream) {
        Node own = slice();
        Node result = own == null ? stream : parts.add(stream, gated(block, stream, own));
        Node scale = parts.weight(block + "layer_output_scale.weight");
        return scale == null ? result : parts.same(Op.MUL, result, scale);
    }

    Node gated(String block, Node x, Node own) {
        Node gate = parts.same(Op.UNARY, parts.linear(block + "inp_gate", x));
        gate = parts.same(Op.MUL, gate, own);
        return parts.norm(block + "post_norm", parts.linear(block + "proj", gate));
    }
}
