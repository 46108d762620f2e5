package dev.stoker.memory.llama.graph;

import org.jspecify.annotations.Nullable;

/** The part of an RWKV layer that looks back: versions 6 and 7. */
final class RwkvTimes {
    private final Parts parts;
    private final Batch batch;
    private final States states;
    private final long width;
    private final long side;
    private @Nullable Node firstValue;

    RwkvTimes(Parts parts, States states) {
        this.parts = parts;
        this.batch = parts.batch;
        this.states = states;
        width = batch.shape().embedding();
        side = batch.shape().number("wkv.head_size", 64);
    }

    Node of(int layer, String block, Node x, Node before) {
        Node difference = parts.same(Op.SUB, before, x);
        return parts.has(block + "time_mix_a1.weight")
                ? seventh(layer, block, x, difference)
                : sixth(layer, block, x, difference);
    }

    private Node weighed(Op op, Node x, String name) {
        Node weight = parts.weight(name + ".weight");
        return weight == null ? x : parts.same(op, x, weight);
    }

    private Node curve(Node x) {
        return parts.same(Op.UNARY, x);
    }

    private Node heads(Node x) {
        return parts.reshape(x, side, width / side, batch.tokens());
    }

    private Node slice(Node x) {
        return Node.tail(x, Parts.FLOAT * width * batch.tokens(), Node.of(width, batch.tokens()));
    }

    private Node seventh(int layer, String block, Node x, Node difference) {
        String mix = block + "time_mix_";
        boolean gated = parts.has(mix + "g1.weight");
        long[] many = {x.shape[0], x.shape[1], x.shape[2], gated ? 6 : 5};
        Node repeated = Node.result(Op.REPEAT, Parts.FLOAT, many, difference);
        Node all = parts.add(weighed(Op.MUL, repeated, mix + "lerp_fused"), x);
        Node forValue = slice(all);
        Node r = parts.linear(mix + "receptance", slice(all));
        Node w = parts.linear(mix + "w2", curve(parts.linear(mix + "w1", slice(all))));
        w = weighed(Op.ADD, w, mix + "w0");
        w = curve(parts.same(Op.SCALE, curve(w)));
        Node k = parts.linear(mix + "key", slice(all));
        Node v = parts.linear(mix + "value", forValue);
        Node first = firstValue;
        if (first == null) {
            firstValue = v;
        } else {
            Node share = parts.linear(mix + "v2", parts.linear(mix + "v1", forValue));
            share = curve(weighed(Op.ADD, share, mix + "v0"));
            v = parts.add(v, parts.same(Op.MUL, parts.same(Op.SUB, first, v), share));
        }
        Node g =
                gated
                        ? parts.linear(mix + "g2", curve(parts.linear(mix + "g1", slice(all))))
                        : null;
        Node a = parts.linear(mix + "a2", parts.linear(mix + "a1", slice(all)));
        a = curve(weighed(Op.ADD, a, mix + "a0"));
        Node kk = parts.same(Op.OTHER, heads(weighed(Op.MUL, k, mix + "k_k")));
        Node ka = weighed(Op.MUL, k, mix + "k_a");
        k = parts.add(k, parts.same(Op.SUB, parts.same(Op.MUL, a, ka), ka));
        r = heads(r);
        k = heads(k);
        v = heads(v);
        a = heads(a);
        Node stored = states.stored(layer, width * side);
        Node state = states.read(stored);
        Node result = looked(r, heads(w), k, v, curve(kk), parts.same(Op.MUL, kk, a), state);
        states.write(stored, Node.tail(result, stored.bytes, stored.shape));
        Node cur = normed(mix, slice(result));
        Node bonus = parts.same(Op.MUL, k, r);
        Node factor = parts.weight(mix + "r_k.weight");
        if (factor != null) {
            Node shaped = Node.part(Op.RESHAPE, factor, factor.bytes, factor.shape);
            bonus = parts.same(Op.MUL, bonus, shaped);
        }
        long[] rows = {1, bonus.shape[1], bonus.shape[2], 1};
        Node sums = Node.result(Op.SUM_ROWS, Parts.FLOAT, rows, bonus);
        Node more = parts.same(Op.MUL, v, sums);
        cur = parts.add(cur, parts.reshape(more, width, batch.tokens()));
        cur = g == null ? cur : parts.same(Op.MUL, cur, g);
        return output(mix, cur);
    }

    private Node sixth(int layer, String block, Node x, Node difference) {
        String mix = block + "time_mix_";
        long tokens = batch.tokens();
        Node flat = parts.reshape(difference, width, tokens);
        Node cur = parts.reshape(x, width, tokens);
        Node all = parts.add(weighed(Op.MUL, flat, mix + "lerp_x"), cur);
        all = curve(parts.linear(mix + "w1", all));
        long rank = all.shape[0] / 5;
        all = parts.reshape(all, rank, 1, 5, tokens);
        long[] turned = {rank, 1, tokens, 5};
        all =
                Node.result(
                        Op.CONT,
                        Parts.FLOAT,
                        turned,
                        Node.view(Op.PERMUTE, all, turned, false, all));
        Node second = parts.weight(mix + "w2.weight");
        long[] wide = {width, 1, tokens, 5};
        all =
                second == null
                        ? all
                        : Node.result(
                                Op.MUL_MAT,
                                Parts.FLOAT,
                                wide,
                                Node.part(
                                        Op.RESHAPE,
                                        second,
                                        second.bytes,
                                        new long[] {second.shape[0], second.shape[1], 1, 5}),
                                all);
        flat = parts.reshape(flat, width, 1, tokens);
        cur = parts.reshape(cur, width, 1, tokens);
        all = parts.same(Op.MUL, weighed(Op.ADD, all, mix + "lerp_fused"), flat);
        all = parts.add(all, cur);
        Node forDecay = slice(all);
        Node r = parts.linear(mix + "receptance", slice(all));
        Node k = parts.linear(mix + "key", slice(all));
        Node v = parts.linear(mix + "value", slice(all));
        Node g = curve(parts.linear(mix + "gate", slice(all)));
        k = heads(k);
        v = heads(v);
        r = heads(r);
        Node w = parts.linear(mix + "decay_w2", curve(parts.linear(mix + "decay_w1", forDecay)));
        w = weighed(Op.ADD, w, mix + "decay");
        w = heads(curve(curve(curve(w))));
        Node stored = states.stored(layer, width * side);
        Node state = states.read(stored);
        Node bonus = parts.weight(mix + "first.weight");
        Node result = bonus == null ? looked(k, v, r, w, state) : looked(k, v, r, bonus, w, state);
        states.write(stored, Node.tail(result, stored.bytes, stored.shape));
        return output(mix, parts.same(Op.MUL, normed(mix, slice(result)), g));
    }

    private Node looked(Node... sources) {
        long rows = batch.tokens() + side * batch.sequences();
        return Node.result(Op.OTHER, Parts.FLOAT, Node.of(width, rows), sources);
    }

    private Node normed(String mix, Node x) {
        Node cur = parts.same(Op.NORM, heads(x));
        cur = parts.reshape(cur, width, batch.tokens());
        cur = weighed(Op.MUL, cur, mix + "ln");
        return parts.plusBias(mix + "ln", cur);
    }

    private Node output(String mix, Node x) {
        Node result = parts.linear(mix + "output", x);
        long sequences = batch.sequences();
        return parts.reshape(result, width, batch.tokens() / sequences, sequences);
    }
}
