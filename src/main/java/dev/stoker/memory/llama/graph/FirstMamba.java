package dev.stoker.memory.llama.graph;

/** The layers of the first Mamba: each channel has a state of its own. */
final class FirstMamba {
    private final Parts parts;
    private final Batch batch;
    private final States states;
    private final Convolution convolution;

    FirstMamba(Parts parts, States states) {
        this.parts = parts;
        this.batch = parts.batch;
        this.states = states;
        convolution = new Convolution(parts, states);
    }

    boolean in(String block) {
        return parts.has(block + "ssm_x.weight");
    }

    Node of(int layer, String block, Node input) {
        long sequences = batch.sequences();
        long each = batch.tokens() / sequences;
        long width = batch.shape().number("ssm.state_size", 1);
        long inner = batch.shape().number("ssm.inner_size", 1);
        long rank = batch.shape().number("ssm.time_step_rank", 1);
        long kernel = batch.shape().number("ssm.conv_kernel", 1) - 1;
        Node decay = parts.weight(block + "ssm_a");
        if (decay != null && decay.shape[1] == 1) {
            return byHead(layer, block, input);
        }

        Node rolling = states.stored(layer, kernel * inner);
        Node before = states.read(rolling);
        Node all = parts.reshape(input, input.shape[0], each, sequences);
        all = parts.linear(block + "ssm_in", all);
        Node x = part(all, inner, each, sequences);
        Node z = part(all, inner, each, sequences);
        Node window = convolution.window(rolling, before, x, inner, kernel);
        x = convolution.of(block + "ssm_conv1d", window, inner);

        Node steps = parts.linear(block + "ssm_x", x);
        Node step = normed(block, "dt", part(steps, rank, each, sequences));
        Node b = normed(block, "b", part(steps, width, 1, each, sequences));
        Node c = normed(block, "c", part(steps, width, 1, each, sequences));
        step = parts.linear(block + "ssm_dt", step);
        Node values = parts.reshape(x, 1, inner, each, sequences);
        Node y = scanned(layer, block, Op.ODD_SCAN, values, step, b, c, inner, width);
        y = parts.add(Node.tail(y, x.bytes, x.shape), skipped(block, x));
        y = parts.same(Op.GLU, parts.same(Op.CONT, z), y);
        Node out = parts.linear(block + "ssm_out", y);
        return parts.reshape(out, out.shape[0], batch.tokens());
    }

    /** As the second Mamba has it, with steps of their own for each head. */
    private Node byHead(int layer, String block, Node input) {
        long sequences = batch.sequences();
        long each = batch.tokens() / sequences;
        long width = batch.shape().number("ssm.state_size", 1);
        long inner = batch.shape().number("ssm.inner_size", 1);
        long heads = batch.shape().number("ssm.time_step_rank", 1);
        long side = inner / heads;
        long kernel = batch.shape().number("ssm.conv_kernel", 1) - 1;
        long kept = inner + 2 * batch.shape().number("ssm.group_count", 0) * width;

        Node rolling = states.stored(layer, kernel * kept);
        Node before = states.read(rolling);
        Node all = parts.reshape(input, input.shape[0], each, sequences);
        all = parts.linear(block + "ssm_in", all);
        Node turned = parts.permute(all);
        all = Node.result(Op.CONT, Parts.FLOAT, Node.of(2 * side, heads, each, sequences), turned);
        Node x = part(all, side, heads, each, sequences);
        x = Node.result(Op.CONT, Parts.FLOAT, Node.of(inner, each, sequences), x);
        Node z = part(all, side, heads, each, sequences);
        Node window = convolution.window(rolling, before, x, inner, kernel);
        x = convolution.of(block + "ssm_conv1d", window, inner);

        Node steps = parts.linear(block + "ssm_x", x);
        long rank = steps.shape[0] - 2 * width;
        Node b = normed(block, "b", part(steps, width, each, sequences));
        Node c = normed(block, "c", part(steps, width, each, sequences));
        Node step = normed(block, "dt", part(steps, rank, each, sequences));
        step = parts.linear(block + "ssm_dt", step);
        Node values = Node.tail(x, x.bytes, Node.of(side, heads, each, sequences));
        b = parts.view(b, true, width, 1, each, sequences);
        c = parts.view(c, true, width, 1, each, sequences);
        Op scan = Mamba.scan(width, side);
        Node y = scanned(layer, block, scan, values, step, b, c, inner, width);
        y = parts.add(Node.tail(y, values.bytes, values.shape), skipped(block, values));
        y = parts.same(Op.GLU, parts.same(Op.CONT, z), y);
        y = parts.view(y, true, inner, each, sequences);
        Node out = parts.linear(block + "ssm_out", y);
        return parts.reshape(out, out.shape[0], batch.tokens());
    }

    private Node scanned(
            int layer,
            String block,
            Op op,
            Node values,
            Node step,
            Node b,
            Node c,
            long inner,
            long width) {
        Node weight = parts.weight(block + "ssm_a");
        boolean flat = weight != null && weight.shape[1] == 1;
        Node decay =
                weight != null && flat
                        ? Node.part(Op.RESHAPE, weight, weight.bytes, weight.shape)
                        : weight;
        Node stored = states.stored(layer, width * inner);
        long elements = inner * batch.tokens() + width * inner * batch.sequences();
        Node result =
                states.read(
                        stored,
                        (old, which) -> {
                            Node shaped = Node.part(Op.RESHAPE, old, old.bytes, old.shape);
                            Node[] sources =
                                    decay == null
                                            ? new Node[] {shaped, values, step, b, c, which}
                                            : new Node[] {shaped, values, step, decay, b, c, which};
                            return Node.result(op, Parts.FLOAT, Node.of(elements), sources);
                        });
        states.write(stored, Node.tail(result, stored.bytes, stored.shape));
        return result;
    }

    private Node skipped(String block, Node x) {
        Node weight = parts.weight(block + "ssm_d");
        if (weight == null) {
            return x;
        }
        Node shaped = Node.part(Op.RESHAPE, weight, weight.bytes, weight.shape);
        return parts.same(Op.MUL, x, x.root == null ? weight : shaped);
    }

    private Node normed(String block, String which, Node x) {
        String name = block + "ssm_" + which + "_norm";
        boolean bare = batch.shape().number("ssm.dt_b_c_rms", 0) > 0;
        return parts.hasNorm(name) || bare ? parts.norm(name, x, true) : x;
    }

    private Node part(Node x, long... shape) {
        return Node.slice(x, batch.tokens(), Node.of(shape));
    }
}
