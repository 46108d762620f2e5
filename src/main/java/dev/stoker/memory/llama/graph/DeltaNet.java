package dev.stoker.memory.llama.graph;

/** Linear attention with a gated delta rule, computed by one operation. */
final class DeltaNet {
    private final Parts parts;
    private final Batch batch;
    private final States states;
    private final Convolution convolution;

    DeltaNet(Parts parts, States states) {
        this.parts = parts;
        this.batch = parts.batch;
        this.states = states;
        convolution = new Convolution(parts, states);
    }

    boolean in(String block) {
        return parts.has(block + "ssm_out.weight")
                && (parts.has(block + "ssm_beta.weight") || parts.has(block + "ssm_ba.weight"));
    }

    Node of(int layer, String block, Node input) {
        long sequences = batch.sequences();
        long each = batch.tokens() / sequences;
        long width = batch.shape().number("ssm.state_size", 1);
        long groups = batch.shape().number("ssm.group_count", 1);
        long inner = batch.shape().number("ssm.inner_size", 1);
        long heads = batch.shape().number("ssm.time_step_rank", 1);
        long channels = inner + 2 * groups * width;
        long side = inner / heads;

        Node mixed = parts.linear(block + "attn_qkv", input);
        mixed = parts.reshape(mixed, channels, each, sequences);
        Node z = parts.linear(block + "attn_gate", input);
        Node beta;
        Node alpha;
        if (parts.has(block + "ssm_ba.weight")) {
            Node both = parts.linear(block + "ssm_ba", input);
            beta = parts.same(Op.UNARY, parts.same(Op.CONT, part(both, 1, heads, each, sequences)));
            alpha = parts.same(Op.CONT, part(both, heads, each, sequences));
        } else {
            beta = parts.linear(block + "ssm_beta", input);
            beta = parts.same(Op.UNARY, parts.reshape(beta, 1, heads, each, sequences));
            alpha = parts.reshape(parts.linear(block + "ssm_alpha", input), heads, each, sequences);
        }
        alpha = parts.same(Op.UNARY, parts.plusBias(block + "ssm_dt", alpha));
        Node decay = parts.weight(block + "ssm_a");
        Node gate = decay == null ? alpha : parts.same(Op.MUL, alpha, decay);
        gate = parts.reshape(gate, 1, heads, each, sequences);

        Node window = convolution.window(layer, mixed, channels);
        Node stored = states.stored(layer, side * side * heads);
        Node state = parts.reshape(states.read(stored), side, side, heads, sequences);
        Node convolved = convolution.of(block + "ssm_conv1d", window, channels);
        Node q = parts.same(Op.OTHER, part(convolved, width, groups, each, sequences));
        Node k = parts.same(Op.OTHER, part(convolved, width, groups, each, sequences));
        Node v = part(convolved, side, heads, each, sequences);
        if (groups != heads && parts.has(block + "ssm_ba.weight")) {
            q = repeated(q, width, heads);
            k = repeated(k, width, heads);
        }
        Node result = rule(side, heads, q, k, v, gate, beta, state);
        states.write(stored, Node.tail(result, stored.bytes, stored.shape));
        Node y = output(result, side, heads);
        y = parts.norm(block + "ssm_norm", y);
        Node gated = parts.same(Op.UNARY, parts.reshape(z, side, heads, each, sequences));
        y = parts.reshape(parts.same(Op.MUL, y, gated), inner, each, sequences);
        Node out = parts.linear(block + "ssm_out", y);
        return parts.reshape(out, out.shape[0], batch.tokens());
    }

    /** Returns outputs and new states of the rule itself. */
    Node rule(long side, long heads, Node... sources) {
        long rows = batch.tokens() + side * batch.sequences();
        return Node.result(Op.DELTA, Parts.FLOAT, Node.of(side * heads, rows), sources);
    }

    Node output(Node result, long side, long heads) {
        long sequences = batch.sequences();
        return Node.tail(
                result,
                Parts.FLOAT * side * heads * batch.tokens(),
                Node.of(side, heads, batch.tokens() / sequences, sequences));
    }

    private Node part(Node x, long... shape) {
        return Node.slice(x, batch.tokens(), Node.of(shape));
    }

    private Node repeated(Node x, long width, long heads) {
        long sequences = batch.sequences();
        Node flat = parts.reshape(x, width, 1, x.shape[1], batch.tokens());
        Node many =
                Node.result(
                        Op.REPEAT,
                        Parts.FLOAT,
                        new long[] {width, heads / x.shape[1], x.shape[1], batch.tokens()},
                        flat);
        return parts.reshape(many, width, heads, batch.tokens() / sequences, sequences);
    }
}
