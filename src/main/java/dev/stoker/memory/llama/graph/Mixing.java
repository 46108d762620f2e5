package dev.stoker.memory.llama.graph;

import java.util.Set;
import java.util.function.Supplier;

/** How the tokens of a layer see each other: its tensors tell in which way. */
final class Mixing {
    private final Parts parts;
    private final UsualAttention usual;
    private final LatentAttention latent;
    private final Mamba mamba;
    private final FirstMamba firstMamba;
    private final DeltaNet delta;
    private final KeyedDelta keyed;
    private final ShortConvolution shortConvolution;

    Mixing(Parts parts, Set<Trait> traits, Node places) {
        this.parts = parts;
        Attention attention = new Attention(parts, traits);
        States states = new States(parts);
        usual = new UsualAttention(parts, traits, attention, places);
        latent =
                new LatentAttention(
                        parts, attention, traits.contains(Trait.NO_ROPE) ? null : places);
        mamba = new Mamba(parts, states);
        firstMamba = new FirstMamba(parts, states);
        delta = new DeltaNet(parts, states);
        keyed = new KeyedDelta(parts, states, delta);
        shortConvolution = new ShortConvolution(parts, states);
    }

    /** Returns whether tokens see each other in a layer. */
    boolean in(String block) {
        return parts.has(block + "attn_output.weight")
                || mamba.in(block)
                || firstMamba.in(block)
                || delta.in(block)
                || shortConvolution.in(block);
    }

    /**
     * @param again makes the input once more, for what reads one of its own
     */
    Node of(int layer, String block, Node input, Supplier<Node> again) {
        if (keyed.in(block)) {
            parts.graph.add(input);
            return keyed.of(layer, block, input);
        }
        if (latent.in(block)) {
            return latent.of(layer, block, input, usual.factors(layer, block));
        }
        if (firstMamba.in(block)) {
            return firstMamba.of(layer, block, input);
        }
        if (delta.in(block)) {
            parts.graph.add(input);
            return delta.of(layer, block, input);
        }
        if (shortConvolution.in(block)) {
            return shortConvolution.of(layer, block, input);
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
