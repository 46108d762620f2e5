package dev.stoker.memory.llama.graph;

import dev.stoker.model.LayerShape;

import org.jspecify.annotations.Nullable;

/** Attention whose keys and values are made of one narrow vector a token. */
final class LatentAttention {
    private final Parts parts;
    private final Batch batch;
    private final Attention attention;
    private final @Nullable Node places;

    /**
     * @param places of tokens; null where nothing is rotated
     */
    LatentAttention(Parts parts, Attention attention, @Nullable Node places) {
        this.parts = parts;
        this.batch = parts.batch;
        this.attention = attention;
        this.places = places;
    }

    boolean in(String block) {
        return parts.has(block + "attn_kv_a_mqa.weight");
    }

    Node of(int layer, String block, Node input, @Nullable Node factors) {
        LayerShape shape = batch.shape().layers().get(layer);
        long tokens = batch.tokens();
        long heads = shape.heads();
        Node query;
        if (parts.has(block + "attn_q_a.weight")) {
            query = parts.norm(block + "attn_q_a_norm", parts.linear(block + "attn_q_a", input));
            query = parts.linear(block + "attn_q_b", query);
        } else {
            query = parts.linear(block + "attn_q", input);
        }
        long length = query.shape[0] / heads;
        Node both = parts.linear(block + "attn_kv_a_mqa", input);
        long rank = batch.shape().number("attention.kv_lora_rank", both.shape[0]);
        long turned = both.shape[0] - rank;
        Node queryRest = parts.slice(query, length - turned, heads, tokens);
        Node queryPlace = placed(parts.slice(query, turned, heads, tokens), factors);
        Node keyPlace = placed(parts.slice(both, turned, 1, tokens), factors);
        Node narrow = parts.norm(block + "attn_kv_a_norm", parts.slice(both, rank, tokens));
        Node unfoldKeys = parts.weight(block + "attn_k_b.weight");
        Node unfoldValues = parts.weight(block + "attn_v_b.weight");
        Node result;
        if (unfoldKeys != null && unfoldValues != null) {
            Node absorbed = parts.permute(parts.multiply(unfoldKeys, parts.permute(queryRest)));
            Node q = joined(rank + turned, heads, absorbed, queryPlace);
            Node value = parts.reshape(narrow, rank, 1, tokens);
            Node key = joined(rank + turned, 1, value, keyPlace);
            result = attention.latent(layer, shape, q, key, value, unfoldValues);
        } else {
            Node wide = parts.linear(block + "attn_kv_b", narrow);
            long valueLength = shape.valueLength();
            Node value = parts.slice(wide, valueLength, heads, tokens);
            value = parts.same(Op.CONT, value);
            Node keyRest = parts.slice(wide, length - turned, heads, tokens);
            Node q = joined(length, heads, queryRest, queryPlace);
            long[] many = Node.of(turned, heads, tokens);
            Node repeated = Node.result(Op.REPEAT, Parts.FLOAT, many, keyPlace);
            Node key = joined(length, heads, keyRest, repeated);
            result = attention.of(layer, layer, shape, q, key, value, null);
        }
        return parts.linear(block + "attn_output", result);
    }

    private Node placed(Node x, @Nullable Node factors) {
        if (places == null) {
            return x;
        }
        return factors == null
                ? parts.same(Op.ROPE, x, places)
                : parts.same(Op.ROPE, x, places, factors);
    }

    private Node joined(long width, long heads, Node first, Node second) {
        return Node.result(
                Op.OTHER, Parts.FLOAT, Node.of(width, heads, batch.tokens()), first, second);
    }
}
