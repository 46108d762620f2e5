package dev.stoker.memory.llama.graph;

/** A convolution over the last tokens, whose ends are kept as a state. */
final class Convolution {
    private final Parts parts;
    private final Batch batch;
    private final States states;

    Convolution(Parts parts, States states) {
        this.parts = parts;
        this.batch = parts.batch;
        this.states = states;
    }

    /** Returns new tokens behind the kept ones, and keeps the last of them. */
    Node window(int layer, Node mixed, long channels) {
        return window(layer, mixed, channels, batch.shape().number("ssm.conv_kernel", 1) - 1);
    }

    Node window(int layer, Node mixed, long channels, long kernel) {
        Node stored = states.stored(layer, kernel * channels);
        return window(stored, states.read(stored), mixed, channels, kernel);
    }

    Node window(Node stored, Node read, Node mixed, long channels, long kernel) {
        long sequences = batch.sequences();
        Node before = parts.reshape(read, kernel, channels, sequences);
        Node turned = Node.view(Op.PERMUTE, mixed, mixed.shape, false, mixed);
        long[] shape = Node.of(kernel + batch.tokens() / sequences, channels, sequences);
        Node window = Node.result(Op.OTHER, Parts.FLOAT, shape, before, turned);
        states.write(
                stored,
                Node.slice(window, channels * sequences, Node.of(kernel, channels, sequences)));
        return window;
    }

    /** Returns the convolution itself, and what is made of it by a curve. */
    Node of(String name, Node window, long channels) {
        return parts.same(Op.UNARY, plain(name, window, channels));
    }

    Node plain(String name, Node window, long channels) {
        Node weight = parts.weight(name + ".weight");
        long sequences = batch.sequences();
        long[] shape = Node.of(channels, batch.tokens() / sequences, sequences);
        Node result =
                weight == null
                        ? Node.result(Op.CONVOLUTION, Parts.FLOAT, shape, window)
                        : Node.result(Op.CONVOLUTION, Parts.FLOAT, shape, window, weight);
        return parts.plusBias(name, result);
    }
}
