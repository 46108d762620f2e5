package dev.stoker.memory.llama.graph;

/** Layers that carry several streams at once, of which one is computed and the others follow. */
final class AltUp {
    private static final long STREAMS = 4;
    private static final int SPARSE_LAYERS = 10;

    private final Parts parts;
    private final Mixing mixing;
    private final PerLayer perLayer;
    private final Node wanted;
    private final long width;
    private final long tokens;

    AltUp(Parts parts, Mixing mixing, PerLayer perLayer, Node wanted) {
        this.parts = parts;
        this.mixing = mixing;
        this.perLayer = perLayer;
        this.wanted = wanted;
        width = parts.batch.shape().embedding();
        tokens = parts.batch.tokens();
    }

    boolean is() {
        return parts.has("altup_proj.weight");
    }

    /** Makes all streams of the embeddings. */
    Node begin(Node x) {
        Node target = magnitude(x);
        Node repeated = Node.result(Op.REPEAT, Parts.FLOAT, Node.of(width, tokens, STREAMS - 1), x);
        Node others = rescaled(parts.linear("altup_proj", repeated), target);
        return joined(x, others);
    }

    /** Returns the one stream that the output is made of, of the tokens that are asked for. */
    Node end(Node streams) {
        Node target = magnitude(one(streams));
        Node others = rescaled(parts.linear("altup_unembd_proj", rest(streams)), target);
        Node sum = one(streams);
        for (int i = 1; i < STREAMS; i++) {
            sum = parts.add(sum, one(others));
        }
        return parts.rows(parts.same(Op.SCALE, sum), wanted);
    }

    Node layer(int layer, String block, Node streams) {
        Node predictions = predicted(block, streams);
        Node active = one(predictions);
        Node input = parts.norm(block + "attn_norm", active);
        Node laurel = parts.linear(block + "laurel_r", parts.linear(block + "laurel_l", input));
        laurel = parts.add(parts.norm(block + "laurel_post_norm", laurel), input);
        Node attended = mixing.of(layer, block, input, () -> input);
        attended = parts.norm(block + "post_attention_norm", attended);
        attended = parts.add(attended, active);
        Node middle = parts.same(Op.SCALE, parts.add(attended, laurel));
        Node forward = forward(layer, block, parts.norm(block + "ffn_norm", middle));
        forward = parts.norm(block + "post_ffw_norm", forward);
        Node computed = parts.add(forward, middle);
        Node corrected = corrected(block, predictions, computed);
        Node own = owned(block, corrected);
        return joined(one(corrected), parts.add(rest(corrected), own));
    }

    private Node one(Node streams) {
        return Node.tail(streams, Parts.FLOAT * width * tokens, Node.of(width, tokens));
    }

    private Node rest(Node streams) {
        long bytes = Parts.FLOAT * width * tokens * (STREAMS - 1);
        return Node.tail(streams, bytes, Node.of(width, tokens, STREAMS - 1));
    }

    private Node joined(Node one, Node others) {
        return Node.result(Op.OTHER, Parts.FLOAT, Node.of(width, tokens, STREAMS), one, others);
    }

    private Node magnitude(Node x) {
        return parts.same(Op.UNARY, summed(Op.SUM_ROWS, parts.same(Op.UNARY, x)));
    }

    private Node summed(Op op, Node x) {
        return Node.result(op, Parts.FLOAT, Node.of(1, x.shape[1], x.shape[2]), x);
    }

    private Node rescaled(Node x, Node target) {
        Node magnitude = magnitude(x);
        return parts.same(Op.DIV, parts.same(Op.MUL, x, target), magnitude);
    }

    private Node modalities(String block, Node x) {
        Node input = parts.same(Op.SCALE, parts.norm(block + "altup_router_norm", x));
        return parts.same(Op.UNARY, parts.linear(block + "altup_router", input));
    }

    private Node predicted(String block, Node streams) {
        Node shares = parts.linear(block + "altup_predict_coef", modalities(block, one(streams)));
        shares = parts.reshape(shares, STREAMS, STREAMS, tokens);
        Node across = turned(streams, STREAMS, width, tokens);
        Node product =
                Node.result(
                        Op.MUL_MAT, Parts.FLOAT, Node.of(width, STREAMS, tokens), across, shares);
        return parts.add(turned(product, width, tokens, STREAMS), streams);
    }

    private Node turned(Node x, long... shape) {
        Node view = Node.view(Op.PERMUTE, x, Node.of(shape), false, x);
        return Node.result(Op.CONT, Parts.FLOAT, Node.of(shape), view);
    }

    private Node forward(int layer, String block, Node x) {
        Node up = parts.linear(block + "ffn_up", x);
        Node gate = parts.linear(block + "ffn_gate", x);
        gate = layer < SPARSE_LAYERS ? sparse(gate) : gate;
        Node active = parts.same(Op.MUL, up, parts.same(Op.UNARY, gate));
        return parts.linear(block + "ffn_down", active);
    }

    private Node sparse(Node x) {
        Node mean = summed(Op.OTHER, x);
        Node squares = parts.same(Op.UNARY, parts.same(Op.SUB, x, mean));
        Node deviation = parts.same(Op.SCALE, summed(Op.SUM_ROWS, squares));
        deviation = parts.same(Op.SCALE, parts.same(Op.UNARY, deviation));
        Node bound = parts.add(mean, deviation);
        return parts.same(Op.UNARY, parts.same(Op.SUB, x, bound));
    }

    private Node corrected(String block, Node predictions, Node computed) {
        Node modalities = modalities(block, computed);
        Node difference = parts.same(Op.SUB, computed, one(predictions));
        Node shares = parts.linear(block + "altup_correct_coef", modalities);
        shares = parts.same(Op.SCALE, shares);
        shares = turned(shares, 1, tokens, STREAMS);
        Node repeated =
                Node.result(Op.REPEAT, Parts.FLOAT, Node.of(width, tokens, STREAMS), difference);
        return parts.add(parts.same(Op.MUL, repeated, shares), predictions);
    }

    private Node owned(String block, Node corrected) {
        Node first = one(corrected);
        Node scale = parts.weight(block + "altup_correct_scale.weight");
        first = scale == null ? first : parts.same(Op.MUL, first, scale);
        Node own = perLayer.slice();
        return own == null ? first : perLayer.gated(block, first, own);
    }
}
