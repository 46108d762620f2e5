package dev.stoker.memory.llama.graph;

import java.util.List;
import java.util.Set;

/** The graph of a decoder: in each layer tokens see each other, then a feed-forward part. */
final class Decoder {
    private static final int MEAN = 1;
    private static final int FIRST = 2;
    private static final int LAST = 3;

    private final Parts parts;
    private final Batch batch;
    private final Set<Trait> traits;
    private final Mixing mixing;
    private final FeedForward feedForward;
    private final Mixture mixture;
    private final PerLayer perLayer;
    private final Rwkv rwkv;
    private final AltUp altUp;
    private final Node places;
    private final Node wanted;
    private final long deep;

    Decoder(Batch batch, Set<Trait> traits) {
        this.batch = batch;
        this.traits = traits;
        parts = new Parts(batch, !has(Trait.MEAN_NORM));
        places = Node.input(Parts.FLOAT, batch.tokens() * (has(Trait.FOUR_PLACES) ? 4 : 1));
        wanted = Node.input(Parts.FLOAT, batch.outputs());
        mixing = new Mixing(parts, traits, places);
        feedForward = new FeedForward(parts);
        perLayer = new PerLayer(parts);
        rwkv = new Rwkv(parts, wanted);
        altUp = new AltUp(parts, mixing, perLayer, wanted);
        mixture = new Mixture(parts, traits, feedForward);
        deep = batch.shape().number("n_deepstack_layers", 0);
    }

    private boolean has(Trait trait) {
        return traits.contains(trait);
    }

    Graph build() {
        Node input = embeddings();
        Node stream = has(Trait.SCALED_INPUT) ? parts.same(Op.SCALE, input) : input;
        stream =
                parts.has("token_embd_norm.weight")
                        ? parts.norm("token_embd_norm", stream)
                        : stream;
        Node table = parts.weight("position_embd.weight");
        stream = table == null ? stream : parts.add(stream, parts.rows(table, places));
        perLayer.begin(stream);
        int blocks = batch.shape().mainBlocks();
        if (altUp.is()) {
            Node streams = altUp.begin(stream);
            for (int i = 0; i < blocks; i++) {
                streams = altUp.layer(i, "blk." + i + ".", streams);
            }
            parts.graph.add(output(altUp.end(streams)));
            return parts.graph;
        }
        for (int i : batch.kept()) {
            stream = perLayer.with("blk." + i + ".", layer(i, stream, i == blocks - 1));
            if (i < deep) {
                stream = parts.add(stream, deeper(input));
            }
        }
        parts.graph.add(output(stream));
        return parts.graph;
    }

    private Node output(Node stream) {
        Node result = stream;
        if (has(Trait.ALL_ROWS)) {
            result = parts.rows(result, wanted);
        }
        result = parts.norm("output_norm", result);
        if (has(Trait.ALL_ROWS_NORMED)) {
            result = parts.rows(result, wanted);
        }
        boolean speaks = !has(Trait.ENCODES) && !(batch.pools() && has(Trait.EMBEDS_OR_SPEAKS));
        Node normed = parts.graph.add(result);
        if (speaks) {
            result = parts.linear("output", result);
        }
        if (speaks && has(Trait.SCALED_LOGITS)) {
            result = parts.same(Op.SCALE, result);
        }
        result.output = has(Trait.KEPT_LOGITS);
        parts.graph.add(result);
        return batch.pools() ? pooled(normed) : result;
    }

    private Node pooled(Node x) {
        long kind = batch.shape().number("pooling_type", 0);
        Node result = x;
        if (kind == MEAN) {
            Node turned = Node.view(Op.PERMUTE, x, Node.of(x.shape[1], x.shape[0]), false, x);
            Node flat = Node.result(Op.CONT, Parts.FLOAT, turned.shape, turned);
            Node shares = Node.input(Parts.FLOAT, x.shape[1], batch.sequences());
            result = parts.multiply(flat, shares);
        } else if (kind == FIRST || kind == LAST) {
            result = parts.rows(x, Node.input(Parts.FLOAT, batch.sequences()));
        }
        parts.graph.add(result);
        return parts.linear("dense_3", parts.linear("dense_2", result));
    }

    private Node embeddings() {
        long width = batch.shape().embedding();
        Node table = parts.weight("token_embd.weight");
        Node tokens = Node.input(Parts.FLOAT, batch.tokens());
        if (table == null) {
            throw new IllegalStateException("no table of tokens");
        }
        Node stream =
                Node.result(
                        Op.GET_ROWS, Parts.FLOAT, Node.of(width, batch.tokens()), table, tokens);
        long all = width * (1 + deep);
        if (deep > 0) {
            stream = Node.result(Op.OTHER, Parts.FLOAT, Node.of(all, batch.tokens()), stream);
        }
        parts.graph.add(stream);
        parts.graph.add(Node.input(Parts.FLOAT, all, batch.tokens()));
        return deep > 0 ? deeper(stream) : stream;
    }

    /** Returns a part of embeddings that are wider than the stream. */
    private Node deeper(Node x) {
        return parts.slice(x.owner(), batch.shape().embedding(), batch.tokens());
    }

    private Node layer(int i, Node stream, boolean last) {
        String block = "blk." + i + ".";
        if (rwkv.in(block)) {
            return rwkv.layer(i, block, stream, last);
        }
        boolean later = has(Trait.ALL_ROWS) || has(Trait.ALL_ROWS_NORMED) || has(Trait.ROWS_AT_END);
        boolean drops = last && !later;
        Node kept = stream;
        Node input = has(Trait.NORM_BEHIND) ? stream : parts.norm(block + "attn_norm", stream);
        if (has(Trait.BOTH_IN_SUM)) {
            Node both = mixing.of(i, block, input, () -> parts.norm(block + "attn_norm", stream));
            Node sum = parts.add(both, kept);
            sum = drops ? parts.rows(sum, wanted) : sum;
            Node forward = forward(block, parts.norm(block + "ffn_norm", sum), sum);
            return parts.add(forward, sum);
        }
        if (!hasForward(block)) {
            Node result =
                    mixing.in(block)
                            ? mixing.of(i, block, input, () -> input)
                            : forward(block, input, stream);
            return parts.add(
                    drops ? parts.rows(result, wanted) : result,
                    drops ? parts.rows(kept, wanted) : kept);
        }
        Node attending =
                parts.has(block + "attn_norm_2.weight")
                        ? parts.norm(block + "attn_norm_2", stream)
                        : input;
        Node attended =
                mixing.of(i, block, attending, () -> parts.norm(block + "attn_norm", stream));
        Node normed = input;
        if (drops) {
            attended = parts.rows(attended, wanted);
            kept = parts.rows(kept, wanted);
            boolean again = has(Trait.PARALLEL) || has(Trait.SHARED_NORM);
            normed = again ? parts.rows(input, wanted) : input;
        }
        return has(Trait.PARALLEL)
                ? parallel(block, kept, normed, attended)
                : inTurn(block, kept, normed, attended, last);
    }

    /** Some architectures have a feed-forward part in layers of its own. */
    private boolean hasForward(String block) {
        return mixing.in(block)
                && (parts.has(block + "ffn_up.weight")
                        || parts.has(block + "ffn_up_exps.weight")
                        || parts.has(block + "ffn_gate_up_exps.weight"));
    }

    private Node parallel(String block, Node kept, Node input, Node attended) {
        Node x =
                parts.has(block + "ffn_norm.weight") ? parts.norm(block + "ffn_norm", kept) : input;
        Node forward = forward(block, x, kept);
        if (has(Trait.ATTENTION_FIRST)) {
            return parts.add(parts.add(attended, forward), kept);
        }
        return has(Trait.PARALLEL_SUM)
                ? parts.add(parts.add(forward, attended), kept)
                : parts.add(parts.add(forward, kept), attended);
    }

    private Node inTurn(String block, Node kept, Node input, Node attended, boolean last) {
        boolean behind = has(Trait.NORM_BEHIND);
        String norm = forwardNorm(block);
        boolean normsResult =
                norm.equals("ffn_norm") && parts.hasNorm(block + "post_attention_norm");
        Node result =
                behind || normsResult
                        ? parts.norm(block + "post_attention_norm", attended)
                        : attended;
        Node middle =
                has(Trait.KEPT_FIRST) ? parts.add(kept, result) : parts.add(scaled(result), kept);
        Node x = middle;
        if (has(Trait.SHARED_NORM) && norm.isEmpty()) {
            x = input;
        } else if (!behind) {
            x = parts.norm(block + norm, middle);
        }
        Node forward = forward(block, x, has(Trait.NORMED_VALUES) ? middle : kept);
        if (parts.hasNorm(block + "post_ffw_norm")) {
            forward = parts.norm(block + "post_ffw_norm", forward);
        }
        if (last && has(Trait.ROWS_AT_END)) {
            forward = parts.rows(forward, wanted);
            middle = parts.rows(middle, wanted);
        }
        return has(Trait.KEPT_FIRST) || has(Trait.MIDDLE_FIRST)
                ? parts.add(middle, forward)
                : parts.add(scaled(forward), middle);
    }

    /** The norm before the feed-forward part has one of several names. */
    private String forwardNorm(String block) {
        for (String name : List.of("ffn_norm", "post_attention_norm", "attn_output_norm")) {
            if (parts.hasNorm(block + name)) {
                return name;
            }
        }
        return "";
    }

    private Node forward(String block, Node x, Node stream) {
        if (mixture.in(block) && parts.has(block + "pre_ffw_norm_2.weight")) {
            return besideDense(block, x, stream);
        }
        if (!mixture.in(block)) {
            return feedForward.dense(block, "", x);
        }
        if (parts.has(block + "ffn_norm_exps.weight")) {
            Node dense = feedForward.dense(block, "", x);
            return parts.add(dense, mixture.of(block, parts.norm(block + "ffn_norm_exps", stream)));
        }
        return mixture.of(block, x, has(Trait.EXPERTS_BY_INPUT) ? stream : x);
    }

    /** A dense part and a mixture, each with norms of its own. */
    private Node besideDense(String block, Node x, Node middle) {
        Node dense = feedForward.dense(block, "", x);
        dense = parts.norm(block + "post_ffw_norm_1", dense);
        Node input = parts.norm(block + "pre_ffw_norm_2", middle);
        Node by = parts.same(Op.SCALE, parts.same(Op.RMS_NORM, middle));
        Node scale = parts.weight(block + "ffn_gate_inp.scale");
        by = scale == null ? by : parts.same(Op.MUL, by, scale);
        Node chosen = mixture.of(block, input, by);
        return parts.add(dense, parts.norm(block + "post_ffw_norm_2", chosen));
    }

    private Node scaled(Node x) {
        return has(Trait.SCALED_RESIDUAL) ? parts.same(Op.SCALE, x) : x;
    }
}
