package dev.stoker.memory.llama.graph;

/** The states that recurrent layers keep of each sequence. */
final class States {
    private final Parts parts;
    private final Batch batch;
    private final Node ours;
    private final Node others;

    States(Parts parts) {
        this.parts = parts;
        this.batch = parts.batch;
        Node which = Node.input(Parts.FLOAT, batch.sequences());
        ours = parts.view(which, true, batch.sequences());
        others = Node.part(Op.VIEW, which, 0, Node.of(0));
    }

    /** Returns where a layer's states are stored. */
    Node stored(int layer, long size) {
        return Node.stored(
                Parts.FLOAT * size * batch.sequences(),
                Node.of(size, batch.sequences()),
                batch.caches().get(layer),
                false);
    }

    /** How states are read. */
    interface Reader {
        Node read(Node states, Node which);
    }

    /** Returns a copy of the states of a batch's sequences. */
    Node read(Node stored) {
        return read(stored, parts::rows);
    }

    Node read(Node stored, Reader reader) {
        Node states = Node.part(Op.RESHAPE, stored, stored.bytes, stored.shape);
        Node first = Node.part(Op.VIEW, states, stored.bytes, stored.shape);
        parts.graph.add(Node.changed(Op.SCALE, first, first));
        Node result = parts.graph.add(reader.read(states, ours));
        Node rest =
                Node.result(Op.GET_ROWS, Parts.FLOAT, Node.of(stored.shape[0], 0), states, others);
        write(stored, rest);
        return result;
    }

    /** Writes new states. */
    void write(Node stored, Node states) {
        Node into = Node.part(Op.VIEW, stored, stored.bytes, stored.shape);
        parts.graph.add(Node.changed(Op.OTHER, into, states, into));
    }
}
