package dev.stoker.memory.llama.graph;

import java.util.Set;

/** A mixture of experts in place of a dense feed-forward part, with the experts that all share. */
final class Mixture {
    private static final long SIGMOID = 2;
    private static final long SOFT_MAX_OF_CHOSEN = 3;

    private final Parts parts;
    private final Batch batch;
    private final Set<Trait> traits;
    private final FeedForward feedForward;
    private final long count;
    private final long used;

    Mixture(Parts parts, Set<Trait> traits, FeedForward feedForward) {
        this.parts = parts;
        this.batch = parts.batch;
        this.traits = traits;
        this.feedForward = feedForward;
        count = batch.shape().experts().count();
        used = batch.shape().experts().used();
    }

    /** Returns whether a layer has experts. */
    boolean in(String block) {
        return parts.has(block + "ffn_gate_inp.weight")
                && parts.has(block + "ffn_down_exps.weight");
    }

    /** Returns what the experts and the shared ones make of an input. */
    Node of(String block, Node x) {
        return of(block, x, x);
    }

    /**
     * @param by by what the experts are chosen
     */
    Node of(String block, Node x, Node by) {
        Node routed = routed(block, x, parts.linear(block + "ffn_gate_inp", by));
        if (!parts.has(block + "ffn_up_shexp.weight")) {
            return routed;
        }
        Node shared = feedForward.dense(block, "_shexp", x);
        if (parts.has(block + "ffn_gate_inp_shexp.weight")) {
            Node gate = parts.linear(block + "ffn_gate_inp_shexp", x);
            shared = parts.same(Op.MUL, shared, parts.same(Op.UNARY, gate));
        }
        return parts.add(routed, shared);
    }

    /**
     * @param logits how well each expert fits each token
     */
    Node routed(String block, Node x, Node logits) {
        long tokens = x.shape[1];
        long gating = gating();
        Node fit =
                gating == SOFT_MAX_OF_CHOSEN
                        ? logits
                        : parts.same(gating == SIGMOID ? Op.UNARY : Op.SOFT_MAX, logits);
        Node bias = parts.weight(block + "exp_probs_b.bias");
        Node order = parts.same(Op.ARGSORT, bias == null ? fit : parts.same(Op.ADD, fit, bias));
        Node chosen = parts.slice(order, used, tokens);
        Node weights = parts.rows(parts.reshape(fit, 1, count, tokens), chosen);
        if (gating == SOFT_MAX_OF_CHOSEN) {
            Node flat = parts.reshape(weights, used, tokens);
            weights = parts.reshape(parts.same(Op.SOFT_MAX, flat), 1, used, tokens);
        } else if (!traits.contains(Trait.EXPERTS_NOT_NORMED)) {
            weights = normed(weights, tokens);
        }
        parts.graph.add(weights);
        Node input = parts.reshape(x, x.shape[0], 1, tokens);
        if (traits.contains(Trait.EXPERTS_WEIGHED_BEFORE)) {
            long[] shape = Node.of(x.shape[0], used, tokens);
            Node many = Node.result(Op.REPEAT, Parts.FLOAT, shape, input);
            input = parts.same(Op.MUL, many, weights);
        }
        Node results = experts(block, input, chosen, weights);
        parts.graph.add(results);
        return summed(results, tokens);
    }

    private long gating() {
        if (traits.contains(Trait.EXPERTS_BY_SIGMOID)) {
            return SIGMOID;
        }
        if (traits.contains(Trait.EXPERTS_BY_CHOSEN)) {
            return SOFT_MAX_OF_CHOSEN;
        }
        return batch.shape().number("expert_gating_func", 1);
    }

    private Node normed(Node weights, long tokens) {
        Node flat = parts.reshape(weights, used, tokens);
        Node sum = Node.result(Op.SUM_ROWS, Parts.FLOAT, Node.of(1, tokens), flat);
        Node bounded = Node.view(Op.CLAMP, sum, sum.shape, true, sum);
        return parts.reshape(parts.same(Op.DIV, flat, bounded), 1, used, tokens);
    }

    private Node experts(String block, Node input, Node chosen, Node weights) {
        Node active;
        if (parts.has(block + "ffn_gate_up_exps.weight")) {
            Node both = linear(block + "ffn_gate_up_exps", input, chosen);
            long half = both.shape[0] / 2;
            Node gate =
                    Node.slice(
                            both, used * both.shape[2], new long[] {half, used, both.shape[2], 1});
            Node up =
                    Node.slice(
                            both, used * both.shape[2], new long[] {half, used, both.shape[2], 1});
            active = Node.result(Op.GLU, Parts.FLOAT, gate.shape, gate, up);
        } else {
            Node up = linear(block + "ffn_up_exps", input, chosen);
            active =
                    parts.has(block + "ffn_gate_exps.weight")
                            ? parts.same(Op.GLU, linear(block + "ffn_gate_exps", input, chosen), up)
                            : parts.same(Op.UNARY, up);
        }
        Node down = linear(block + "ffn_down_exps", active, chosen);
        return traits.contains(Trait.EXPERTS_WEIGHED_BEFORE)
                ? down
                : parts.same(Op.MUL, down, weights);
    }

    private Node linear(String name, Node x, Node chosen) {
        Node weight = parts.weight(name + ".weight");
        if (weight == null) {
            return x;
        }
        Node result =
                Node.result(
                        Op.MUL_MAT_ID,
                        Parts.FLOAT,
                        Node.of(weight.shape[1], used, x.shape[2]),
                        weight,
                        x,
                        chosen);
        Node bias = parts.weight(name + ".bias");
        return bias == null ? result : parts.same(Op.ADD_ID, result, bias, chosen);
    }

    private Node summed(Node results, long tokens) {
        Node[] each = new Node[(int) used];
        for (int i = 0; i < used; i++) {
            each[i] = parts.slice(results, results.shape[0], tokens);
            parts.graph.add(each[i]);
        }
        Node sum = each[0];
        for (int i = 1; i < used; i++) {
            sum = parts.add(sum, each[i]);
            parts.graph.add(sum);
        }
        return used == 1 ? parts.same(Op.CONT, sum) : sum;
    }
}
