package dev.stoker.memory.llama.graph;

import java.util.Set;

/** How the tokens of a layer see each other: its tensors tell in which way. */
final class Mixing {
    private final Parts parts;
    private final UsualAttention usual;
    private final LatentAttention latent;
    private final Mamba mamba;

    Mixing(Parts parts, Set<Trait> traits, Node places) {
        this.parts = parts;
        Attention attention = new Attention(parts, traits.contains(Trait.CAPPED_SCORES));
        States states = new States(parts);
        usual = new UsualAttention(parts, traits, attention, places);
        latent =
                new LatentAttention(
                        parts, attention, traits.contains(Trait.NO_ROPE) ? null : places);
        mamba = new Mamba(parts, states);
    }

    /** Returns whether tokens see each other in a layer. */
    boolean in(String block) {
        return parts.has(block + "attn_output.weight") || mamba.in(block);
    }

    /**
     * @param again makes the input once more, for what reads one of its own
     */
    Node of(int layer, String block, Node input, java.util.function.Supplier<Node> again) {
        if (latent.in(block)) {
            return latent.of(layer, block, input, usual.factors(layer, block));
        }
        if (!mamba.in(block)) {
            return usual.of(layer, block, input);
        }
        if (parts.has(block + "attn_output.weight")) {
            Node attended = usual.of(layer, block, input);
            return parts.add(attended, mamba.of(layer, block, again.get()));
        }
        return mamba.of(layer, block, input);
    }
}
