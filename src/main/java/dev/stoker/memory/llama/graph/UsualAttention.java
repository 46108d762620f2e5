package dev.stoker.memory.llama.graph;

import dev.stoker.model.LayerShape;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;

/** Queries, keys and values of a layer, and attention with them. */
final class UsualAttention {
    private static final List<String> FACTORS =
            List.of("rope_freqs.weight", "rope_factors_long.weight");

    /** What is computed for each token. */
    private record Heads(Node query, Node key, Node value) {}

    private final Parts parts;
    private final Batch batch;
    private final Set<Trait> traits;
    private final Attention attention;
    private final Node places;
    private final Node scale;

    UsualAttention(Parts parts, Set<Trait> traits, Attention attention, Node places) {
        this.parts = parts;
        this.batch = parts.batch;
        this.traits = traits;
        this.attention = attention;
        this.places = places;
        scale = Node.input(Parts.FLOAT, 1, 1, batch.tokens());
    }

    Node of(int layer, String block, Node input) {
        LayerShape shape = batch.shape().layers().get(layer);
        Heads heads = heads(block, input, shape);
        boolean turns = turns(layer, shape);
        Node factors = factors(layer, block);
        Node query = placed(block + "attn_q_norm", heads.query(), turns, factors);
        Node key = placed(block + "attn_k_norm", heads.key(), turns, factors);
        if (traits.contains(Trait.SCALED_QUERY)) {
            query = parts.same(Op.SCALE, query);
        }
        if (traits.contains(Trait.SCALED_BY_PLACE) && !turns) {
            query = parts.same(Op.MUL, query, scale);
        }
        Node sinks = parts.weight(block + "attn_sinks.weight");
        Node result = attention.of(layer, shape, query, key, heads.value(), sinks);
        if (traits.contains(Trait.GATED_ATTENTION)) {
            Node gate = parts.linear(block + "attn_gate", input);
            result = parts.same(Op.MUL, result, parts.same(Op.UNARY, gate));
        }
        return parts.linear(block + "attn_output", result);
    }

    private Heads heads(String block, Node input, LayerShape shape) {
        long tokens = batch.tokens();
        long keyLength = shape.keyLength();
        if (parts.has(block + "attn_qkv.weight")) {
            Node all = parts.linear(block + "attn_qkv", input);
            return new Heads(
                    parts.slice(all, keyLength, shape.heads(), tokens),
                    parts.slice(all, keyLength, shape.kvHeads(), tokens),
                    parts.slice(all, shape.valueLength(), shape.kvHeads(), tokens));
        }
        Node query = parts.linear(block + "attn_q", input);
        Node key = parts.linear(block + "attn_k", input);
        Node value = parts.linear(block + "attn_v", input);
        Node norm = parts.weight(block + "attn_q_norm.weight");
        if (norm != null && norm.shape[0] == query.shape[0] && shape.heads() > 1) {
            query = parts.norm(block + "attn_q_norm", query);
            key = parts.norm(block + "attn_k_norm", key);
        }
        return new Heads(
                parts.reshape(query, keyLength, shape.heads(), tokens),
                parts.reshape(key, keyLength, shape.kvHeads(), tokens),
                parts.reshape(value, shape.valueLength(), shape.kvHeads(), tokens));
    }

    private boolean turns(int layer, LayerShape shape) {
        return !traits.contains(Trait.NO_ROPE)
                && (!traits.contains(Trait.EVERY_FOURTH_UNTURNED) || (layer + 1) % 4 != 0)
                && (!traits.contains(Trait.ROPE_IN_WINDOWS)
                        || shape.window()
                        || batch.shape().slidingWindow() == 0);
    }

    /** Returns weights by which places are scaled, where there are any. */
    @Nullable Node factors(int layer, String block) {
        for (String name : FACTORS) {
            Node factors = parts.weight(block + name);
            factors = factors != null ? factors : parts.weightOf(layer, name);
            if (factors != null) {
                return factors;
            }
        }
        return null;
    }

    /** Norms a query or a key by head, where there are weights for it, and rotates it. */
    private Node placed(String norm, Node x, boolean turns, @Nullable Node factors) {
        Node weight = parts.weight(norm + ".weight");
        boolean norms = weight != null && weight.shape[0] == x.shape[0];
        boolean after = traits.contains(Trait.NORM_AFTER_ROPE);
        Node result = norms && !after ? parts.norm(norm, x) : x;
        if (turns) {
            result =
                    factors == null
                            ? parts.same(Op.ROPE, result, places)
                            : parts.same(Op.ROPE, result, places, factors);
        }
        if (turns && traits.contains(Trait.BARE_NORM)) {
            return parts.same(Op.RMS_NORM, result);
        }
        return norms && after ? parts.norm(norm, result) : result;
    }
}
