package dev.stoker.memory.llama.graph;

import dev.stoker.model.LayerShape;

/** Linear attention with a delta rule whose decay is told for each element of a key. */
final class KeyedDelta {
    private final Parts parts;
    private final Batch batch;
    private final States states;
    private final Convolution convolution;
    private final DeltaNet delta;

    KeyedDelta(Parts parts, States states, DeltaNet delta) {
        this.parts = parts;
        this.batch = parts.batch;
        this.states = states;
        this.delta = delta;
        convolution = new Convolution(parts, states);
    }

    boolean in(String block) {
        return parts.has(block + "ssm_f_a.weight");
    }

    Node of(int layer, String block, Node input) {
        LayerShape shape = batch.shape().layers().get(layer);
        long sequences = batch.sequences();
        long each = batch.tokens() / sequences;
        long heads = shape.heads();
        Node wide = parts.weight(block + "attn_q.weight");
        long inner = wide == null ? heads : wide.shape[1];
        long side = inner / heads;
        long kernel = batch.shape().number("ssm.conv_kernel", 4) - 1;

        Node rolling = states.stored(layer, 3 * kernel * inner);
        Node read = states.read(rolling);
        Node query = convolved(block, "q", rolling, read, input, inner, kernel, side);
        Node key = convolved(block, "k", rolling, read, input, inner, kernel, side);
        Node value = convolved(block, "v", rolling, read, input, inner, kernel, side);

        Node decay = parts.linear(block + "ssm_f_b", parts.linear(block + "ssm_f_a", input));
        decay = parts.same(Op.UNARY, parts.plusBias(block + "ssm_dt", decay));
        decay = parts.reshape(decay, side, heads, batch.tokens());
        Node rate = parts.weight(block + "ssm_a");
        decay = rate == null ? decay : parts.same(Op.MUL, decay, rate);
        decay = parts.reshape(decay, side, heads, each, sequences);
        Node beta = parts.linear(block + "ssm_beta", input);
        beta = parts.same(Op.UNARY, parts.reshape(beta, 1, heads, each, sequences));

        Node stored = states.stored(layer, side * side * heads);
        Node state = parts.reshape(states.read(stored), side, side, heads, sequences);
        Node q = parts.same(Op.OTHER, query);
        Node k = parts.same(Op.OTHER, key);
        Node result = delta.rule(side, heads, q, k, value, decay, beta, state);
        Node output = parts.same(Op.CONT, delta.output(result, side, heads));
        states.write(stored, Node.tail(result, stored.bytes, stored.shape));

        Node gate = parts.linear(block + "ssm_g_b", parts.linear(block + "ssm_g_a", input));
        gate = parts.same(Op.UNARY, parts.reshape(gate, side, heads, batch.tokens()));
        Node normed = parts.reshape(output, side, heads, batch.tokens());
        normed = parts.norm(block + "ssm_norm", normed);
        Node gated = parts.same(Op.MUL, normed, gate);
        gated = Node.result(Op.CONT, Parts.FLOAT, Node.of(inner, batch.tokens()), gated);
        return parts.linear(block + "attn_output", gated);
    }

    private Node convolved(
            String block,
            String which,
            Node rolling,
            Node read,
            Node input,
            long inner,
            long kernel,
            long side) {
        long sequences = batch.sequences();
        long each = batch.tokens() / sequences;
        Node before = Node.slice(read, sequences, Node.of(kernel, inner, sequences));
        Node mixed = parts.linear(block + "attn_" + which, input);
        mixed = parts.reshape(mixed, inner, each, sequences);
        Node window = convolution.window(rolling, before, mixed, inner, kernel);
        Node result = convolution.plain(block + "ssm_conv1d_" + which, window, inner);
        result = parts.same(Op.UNARY, parts.reshape(result, inner, batch.tokens()));
        return parts.reshape(result, side, inner / side, each, sequences);
    }
}
