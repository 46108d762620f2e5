package dev.stoker.memory.llama.graph;

import java.util.ArrayList;
import java.util.List;

/** The nodes of one batch in the order in which they run. */
final class Graph {
    final List<Node> nodes = new ArrayList<>();
    final List<Node> leaves = new ArrayList<>();

    /** Adds a node behind all that it needs. */
    Node add(Node node) {
        if (node.visited) {
            return node;
        }
        node.visited = true;
        for (Node source : node.sources) {
            add(source);
        }
        (node.op == Op.NONE ? leaves : nodes).add(node);
        return node;
    }
}
