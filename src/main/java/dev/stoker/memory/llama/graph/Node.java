package dev.stoker.memory.llama.graph;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * One tensor of a graph: an operation's result, a weight, a cache or an input. Mutable while the
 * graph is cut and laid out; a graph is used once and by one thread.
 */
final class Node {
    /** No device yet. */
    static final int NOWHERE = -1;

    private static final Node[] NO_SOURCES = {};

    final Op op;
    final int unit;
    final long[] shape;
    final long bytes;
    final boolean plain;
    final @Nullable Node root;
    final Node[] sources;

    /** The device whose memory already holds it before the graph runs. */
    int home = NOWHERE;

    boolean weight;
    boolean input;
    boolean output;

    /** The device that computes it. */
    int device = NOWHERE;

    /** The layer of an attention in one operation; -1 for all else. */
    int layer = -1;

    /** Bytes of keys and values in 16 bits, which a backend may need beside an attention. */
    long widened;

    boolean visited;

    int children;
    int views;
    boolean placed;
    int buffer;
    int chunk;
    long taken;
    long offset;

    private Node(
            Op op,
            int unit,
            long[] shape,
            long bytes,
            boolean plain,
            @Nullable Node root,
            Node[] sources) {
        this.op = op;
        this.unit = unit;
        this.shape = shape;
        this.bytes = bytes;
        this.plain = plain;
        this.root = root;
        this.sources = sources;
    }

    /** Returns the result of an operation, which has memory of its own. */
    static Node result(Op op, int unit, long[] shape, Node... sources) {
        long bytes = Math.multiplyExact(unit, count(shape));
        return new Node(op, unit, shape, bytes, true, null, sources);
    }

    /** Returns another look at all of a node. */
    static Node view(Op op, Node of, long[] shape, boolean plain, Node... sources) {
        Node root = of.root == null ? of : of.root;
        return new Node(op, of.unit, shape, of.bytes, plain, root, sources);
    }

    /**
     * Returns another look at a part of each row of a node.
     *
     * @param rows how many there are
     */
    static Node slice(Node of, long rows, long[] shape) {
        Node root = of.root == null ? of : of.root;
        long row = of.bytes / rows;
        long bytes = (rows - 1) * row + of.unit * count(shape) / rows;
        return new Node(Op.VIEW, of.unit, shape, bytes, false, root, new Node[] {of});
    }

    /** Returns another look at so many bytes of a node. */
    static Node tail(Node of, long bytes, long[] shape) {
        Node root = of.root == null ? of : of.root;
        return new Node(Op.VIEW, of.unit, shape, bytes, true, root, new Node[] {of});
    }

    /** Returns what lies in a device's memory already, such as a weight. */
    static Node stored(long bytes, long[] shape, int home, boolean weight) {
        Node node = new Node(Op.NONE, 0, shape, bytes, true, null, NO_SOURCES);
        node.home = home;
        node.weight = weight;
        return node;
    }

    /** Returns an input, which the host fills in before the graph runs. */
    static Node input(int unit, long... shape) {
        Node node = result(Op.NONE, unit, of(shape), NO_SOURCES);
        node.input = true;
        return node;
    }

    /** Returns a part of a stored tensor whose elements have no whole number of bytes. */
    static Node part(Op op, Node of, long bytes, long[] shape) {
        Node root = of.root == null ? of : of.root;
        return new Node(op, 0, shape, bytes, false, root, new Node[] {of});
    }

    /** Returns a stored tensor after an operation has changed it where it is. */
    static Node changed(Op op, Node into, Node... sources) {
        Node root = into.root == null ? into : into.root;
        return new Node(op, 0, into.shape, into.bytes, true, root, sources);
    }

    /** Returns the same memory layout, elsewhere. */
    Node copy() {
        return new Node(Op.NONE, unit, shape, bytes, plain, null, NO_SOURCES);
    }

    /** Returns what makes sure that this node is kept until it has been copied. */
    Node kept() {
        return new Node(Op.NONE, unit, shape, bytes, plain, owner(), new Node[] {this});
    }

    /** Returns the node whose memory this one is in. */
    Node owner() {
        return root == null ? this : root;
    }

    boolean stored() {
        return home != NOWHERE;
    }

    long rows() {
        return shape[1] * shape[2] * shape[3];
    }

    boolean sameLayout(Node other) {
        return unit == other.unit
                && unit > 0
                && plain
                && other.plain
                && Arrays.equals(shape, other.shape);
    }

    static long[] of(long... shape) {
        long[] four = {1, 1, 1, 1};
        System.arraycopy(shape, 0, four, 0, shape.length);
        return four;
    }

    private static long count(long[] shape) {
        return Math.multiplyExact(
                Math.multiplyExact(shape[0], shape[1]), Math.multiplyExact(shape[2], shape[3]));
    }
}
