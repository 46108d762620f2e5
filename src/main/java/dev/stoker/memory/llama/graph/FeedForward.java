package dev.stoker.memory.llama.graph;

/** The feed-forward part of a layer: with or without a gate, fused or not. */
final class FeedForward {
    private final Parts parts;

    FeedForward(Parts parts) {
        this.parts = parts;
    }

    /**
     * @param kind what the weights' names have behind their part, such as {@code _shexp}
     */
    Node dense(String block, String kind, Node x) {
        Node up = parts.linear(block + "ffn_up" + kind, x);
        Node active;
        if (parts.has(block + "ffn_gate" + kind + ".weight")) {
            Node gate = parts.linear(block + "ffn_gate" + kind, x);
            active = parts.same(Op.GLU, gate, up);
        } else {
            Node down = parts.weight(block + "ffn_down" + kind + ".weight");
            boolean fused = down != null && up.shape[0] == 2 * down.shape[0];
            active =
                    fused
                            ? Node.result(
                                    Op.GLU,
                                    Parts.FLOAT,
                                    Node.of(up.shape[0] / 2, up.shape[1], up.shape[2]),
                                    up)
                            : parts.same(Op.UNARY, up);
        }
        return parts.linear(block + "ffn_down" + kind, active);
    }
}
