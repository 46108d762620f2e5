package dev.stoker.memory.llama.graph;

/** The layers of the second Mamba. */
final class Mamba {
    private final Parts parts;
    private final Batch batch;
    private final States states;
    private final Convolution convolution;

    Mamba(Parts parts, States states) {
        this.parts = parts;
        this.batch = parts.batch;
        this.states = states;
        convolution = new Convolution(parts, states);
    }

    boolean in(String block) {
        return parts.has(block + "ssm_in.weight")
                && parts.has(block + "ssm_d")
                && !parts.has(block + "ssm_x.weight");
    }

    Node of(int layer, String block, Node input) {
        long sequences = batch.sequences();
        long each = batch.tokens() / sequences;
        long width = batch.shape().number("ssm.state_size", 1);
        long groups = batch.shape().number("ssm.group_count", 1);
        long inner = batch.shape().number("ssm.inner_size", 1);
        long heads = batch.shape().number("ssm.time_step_rank", 1);
        long channels = inner + 2 * groups * width;
        long kernel = batch.shape().number("ssm.conv_kernel", 1) - 1;
        Node rolling = states.stored(layer, kernel * channels);
        Node before = states.read(rolling);
        Node scanned = states.stored(layer, width * inner);
        Node x = parts.reshape(input, input.shape[0], each, sequences);
        Node all = parts.linear(block + "ssm_in", x);
        Node gate = part(all, inner / heads, heads, each, sequences);
        Node mixed = part(all, channels, each, sequences);
        Node step = part(all, heads, each, sequences);
        Node window = convolution.window(rolling, before, mixed, channels, kernel);
        mixed = convolution.of(block + "ssm_conv1d", window, channels);

        Node values = part(mixed, inner / heads, heads, each, sequences);
        Node b = part(mixed, width, groups, each, sequences);
        Node c = part(mixed, width, groups, each, sequences);
        step = parts.same(Op.CONT, step);
        step = parts.plusBias(block + "ssm_dt", step);
        Node decay = parts.weight(block + "ssm_a");
        Node finalStep = step;
        Node scan =
                states.read(
                        scanned,
                        (all2, which) -> {
                            Node old = Node.part(Op.RESHAPE, all2, all2.bytes, all2.shape);
                            long elements = inner * batch.tokens() + width * inner * sequences;
                            Node[] sources =
                                    decay == null
                                            ? new Node[] {old, values, finalStep, b, c, which}
                                            : new Node[] {
                                                old, values, finalStep, decay, b, c, which
                                            };
                            return Node.result(
                                    scan(width, inner / heads),
                                    Parts.FLOAT,
                                    Node.of(elements),
                                    sources);
                        });
        states.write(
                scanned, Node.tail(scan, Parts.FLOAT * width * inner * sequences, scanned.shape));
        Node y = Node.tail(scan, Parts.FLOAT * inner * batch.tokens(), values.shape);
        Node d = parts.weight(block + "ssm_d");
        Node skipped = d == null ? values : parts.same(Op.MUL, values, d);
        y = parts.add(y, skipped);
        y = parts.same(Op.GLU, parts.same(Op.CONT, gate), y);
        if (parts.has(block + "ssm_norm.weight")) {
            y = parts.reshape(y, inner / groups, groups, each, sequences);
            y = parts.norm(block + "ssm_norm", y, true);
        }
        y = parts.reshape(y, inner, each, sequences);
        Node result = parts.linear(block + "ssm_out", y);
        return parts.reshape(result, result.shape[0], batch.tokens());
    }

    /** Returns a scan of states of a width, for heads of a length. */
    static Op scan(long width, long length) {
        boolean usual = (width == 128 || width == 256) && length % 16 == 0;
        return usual ? Op.SCAN : Op.ODD_SCAN;
    }

    private Node part(Node x, long... shape) {
        return Node.slice(x, batch.tokens(), Node.of(shape));
    }
}
