package dev.stoker.memory.llama.graph;

import org.jspecify.annotations.Nullable;

/** A layer of RWKV: each token is mixed with the one before, and with a state. */
final class Rwkv {
    private static final int SHIFTS = 2;

    private final Parts parts;
    private final Batch batch;
    private final States states;
    private final RwkvTimes times;
    private final Node wanted;

    Rwkv(Parts parts, Node wanted) {
        this.parts = parts;
        this.batch = parts.batch;
        this.wanted = wanted;
        states = new States(parts);
        times = new RwkvTimes(parts, states);
    }

    boolean in(String block) {
        return parts.has(block + "time_mix_key.weight");
    }

    Node layer(int layer, String block, Node input, boolean last) {
        long width = batch.shape().embedding();
        long sequences = batch.sequences();
        long each = batch.tokens() / sequences;
        Node stream = parts.reshape(input, width, each, sequences);
        Node stored = states.stored(layer, SHIFTS * width);
        Node shifts = parts.reshape(states.read(stored), width, SHIFTS, sequences);
        Node normed = parts.norm(block + "attn_norm", stream);
        Node before = before(shifts, normed);
        Node mixed = times.of(layer, block, normed, before);
        Node middle = parts.add(mixed, stream);
        Node second = parts.norm(block + "attn_norm_2", middle);
        Node secondBefore = before(shifts, second);
        Node kept =
                Node.result(
                        Op.OTHER,
                        Parts.FLOAT,
                        Node.of(width, SHIFTS, sequences),
                        last(normed),
                        last(second));
        states.write(stored, Node.tail(kept, kept.bytes, stored.shape));
        middle = parts.reshape(middle, width, batch.tokens());
        second = parts.reshape(second, width, batch.tokens());
        secondBefore = parts.reshape(secondBefore, width, batch.tokens());
        if (last) {
            middle = parts.rows(middle, wanted);
            second = parts.rows(second, wanted);
            secondBefore = parts.rows(secondBefore, wanted);
        }
        return parts.add(channels(block, second, secondBefore), middle);
    }

    /** Returns the token before each token. */
    private Node before(Node shifts, Node x) {
        long width = x.shape[0];
        long sequences = batch.sequences();
        long each = batch.tokens() / sequences;
        Node first =
                Node.tail(shifts, Parts.FLOAT * width * sequences, Node.of(width, 1, sequences));
        Node rest =
                Node.tail(
                        x,
                        Parts.FLOAT * width * (each - 1) * sequences,
                        Node.of(width, each - 1, sequences));
        return Node.result(Op.OTHER, Parts.FLOAT, x.shape, first, rest);
    }

    private Node last(Node x) {
        long sequences = batch.sequences();
        return Node.tail(
                x, Parts.FLOAT * x.shape[0] * sequences, Node.of(x.shape[0], 1, sequences));
    }

    private Node channels(String block, Node x, Node before) {
        Node difference = parts.same(Op.SUB, before, x);
        Node forKeys = lerp(block + "channel_mix_lerp_k", difference, x);
        boolean gated = parts.has(block + "channel_mix_receptance.weight");
        Node gate = null;
        if (gated) {
            Node forGate = lerp(block + "channel_mix_lerp_r", difference, x);
            gate = parts.same(Op.UNARY, parts.linear(block + "channel_mix_receptance", forGate));
        }
        Node keys = parts.same(Op.UNARY, parts.linear(block + "channel_mix_key", forKeys));
        Node result = parts.linear(block + "channel_mix_value", parts.same(Op.UNARY, keys));
        return gate == null ? result : parts.same(Op.MUL, gate, result);
    }

    private Node lerp(String name, Node difference, Node x) {
        @Nullable Node weight = parts.weight(name + ".weight");
        Node share = weight == null ? difference : parts.same(Op.MUL, difference, weight);
        return parts.add(share, x);
    }
}
