package dev.stoker.memory.llama.graph;

/** A gated short convolution in place of attention. */
final class ShortConvolution {
    private final Parts parts;
    private final Batch batch;
    private final Convolution convolution;

    ShortConvolution(Parts parts, States states) {
        this.parts = parts;
        this.batch = parts.batch;
        convolution = new Convolution(parts, states);
    }

    boolean in(String block) {
        return parts.has(block + "shortconv.in_proj.weight");
    }

    Node of(int layer, String block, Node input) {
        long sequences = batch.sequences();
        long each = batch.tokens() / sequences;
        long width = input.shape[0];
        Node x = parts.reshape(input, width, each, sequences);
        Node all = parts.linear(block + "shortconv.in_proj", x);
        Node b = part(all, width, each, sequences);
        Node c = part(all, width, each, sequences);
        Node value = part(all, width, each, sequences);
        Node product = parts.same(Op.MUL, b, value);
        long kernel = batch.shape().number("shortconv.l_cache", 1) - 1;
        Node window = convolution.window(layer, product, width, kernel);
        Node y = parts.same(Op.MUL, c, convolution.plain(block + "shortconv.conv", window, width));
        Node out = parts.linear(block + "shortconv.out_proj", y);
        return parts.reshape(out, width, batch.tokens());
    }

    private Node part(Node x, long... shape) {
        return Node.slice(x, batch.tokens(), Node.of(shape));
    }
}
