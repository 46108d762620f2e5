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
    private record Heads(Node query, Node key, Node value, @Nullable Node gate) {
        Heads(Node query, Node key, Node value) {
            this(query, key, value, null);
        }
    }

    private final Parts parts;
    private final Batch batch;
    private final Set<Trait> traits;
    private final Attention attention;
    private final TextAttention text;
    private final Node places;
    private final Node scale;
    private final Node distances;

    UsualAttention(Parts parts, Set<Trait> traits, Attention attention, Node places) {
        this.parts = parts;
        this.batch = parts.batch;
        this.traits = traits;
        this.attention = attention;
        text = new TextAttention(parts);
        this.places = places;
        scale = Node.input(Parts.FLOAT, 1, 1, batch.tokens());
        distances = Node.input(Parts.FLOAT, batch.tokens(), batch.tokens());
    }

    Node of(int layer, String block, Node input) {
        LayerShape shape = batch.shape().layers().get(layer);
        boolean encoder = traits.contains(Trait.ENCODES);
        if (!shape.ownCache() && !encoder) {
            return borrowed(layer, block, input, shape);
        }
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
        Node value = heads.value();
        if (traits.contains(Trait.NORMED_VALUES)) {
            value = parts.same(Op.RMS_NORM, value);
        }
        Node sinks = parts.weight(block + "attn_sinks.weight");
        Node result =
                encoder
                        ? text.of(layer, shape, query, key, value, bias(block))
                        : attention.of(layer, layer, shape, query, key, value, sinks);
        if (traits.contains(Trait.GATED_ATTENTION)) {
            Node gate = parts.linear(block + "attn_gate", input);
            result = parts.same(Op.MUL, result, parts.same(Op.UNARY, gate));
        }
        Node beside = heads.gate();
        if (beside != null) {
            Node flat = Node.result(Op.CONT, Parts.FLOAT, result.shape, beside);
            result = parts.same(Op.MUL, result, parts.same(Op.UNARY, flat));
        }
        return parts.linear(block + "attn_output", result);
    }

    /** Returns what is added to the scores of each pair of tokens, where anything is. */
    private @Nullable Node bias(String block) {
        Node own = parts.weight(block + "attn_rel_b.weight");
        Node table = own != null ? own : parts.weight("blk.0.attn_rel_b.weight");
        if (table == null) {
            return null;
        }
        long tokens = batch.tokens();
        Node looked = parts.rows(table, parts.reshape(distances, tokens * tokens));
        Node many = parts.reshape(looked, table.shape[0], tokens, tokens);
        long[] turned = Node.of(tokens, tokens, table.shape[0]);
        Node across = Node.view(Op.PERMUTE, many, turned, false, many);
        return Node.result(Op.CONT, Parts.FLOAT, turned, across);
    }

    /** Reads the cache of the last layer of its kind that has one. */
    private Node borrowed(int layer, String block, Node input, LayerShape shape) {
        int owner = layer;
        List<LayerShape> layers = batch.shape().layers();
        while (owner > 0
                && !(layers.get(owner).ownCache()
                        && layers.get(owner).window() == shape.window())) {
            owner--;
        }
        Node query = parts.linear(block + "attn_q", input);
        query = parts.reshape(query, shape.keyLength(), shape.heads(), batch.tokens());
        boolean turns = turns(layer, shape);
        query = placed(block + "attn_q_norm", query, turns, factors(layer, block));
        LayerShape from = layers.get(owner);
        Node result = attention.of(layer, owner, from, query, null, null, null);
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
        if (query.shape[0] == 2 * keyLength * shape.heads()) {
            // A gate lies beside each query.
            Node key = parts.linear(block + "attn_k", input);
            Node value = parts.linear(block + "attn_v", input);
            return new Heads(
                    parts.slice(query, keyLength, shape.heads(), tokens),
                    parts.reshape(key, keyLength, shape.kvHeads(), tokens),
                    parts.reshape(value, shape.valueLength(), shape.kvHeads(), tokens),
                    parts.slice(query, keyLength, shape.heads(), tokens));
        }
        Node key = parts.linear(block + "attn_k", input);
        Node value =
                parts.has(block + "attn_v.weight") ? parts.linear(block + "attn_v", input) : key;
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
