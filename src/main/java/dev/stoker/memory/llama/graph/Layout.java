package dev.stoker.memory.llama.graph;

import java.util.List;

/**
 * Lays out the nodes of a graph in one buffer a device: how llama.cpp's graph allocator does it.
 */
final class Layout {
    private final List<Device> devices;
    private final List<Arena> arenas;

    /**
     * @param arenas one a device
     */
    Layout(List<Device> devices, List<Arena> arenas) {
        this.devices = devices;
        this.arenas = arenas;
    }

    /**
     * @param leaves what no operation makes, in the order in which it gets its place
     * @param nodes in the order in which they run, each with its device
     */
    void lay(List<Node> leaves, List<Node> nodes) {
        for (Node leaf : leaves) {
            place(leaf, leaf.device);
        }
        for (Node node : nodes) {
            if (node.root != null && node.op != Op.NONE) {
                node.root.views++;
            }
            if (node.input) {
                place(node, node.device);
            }
            for (Node source : node.sources) {
                source.children++;
                if (source.input) {
                    place(source, source.device);
                }
            }
        }
        for (Node node : nodes) {
            for (Node source : node.sources) {
                place(source, node.device);
            }
            place(node, node.device);
            for (Node source : node.sources) {
                release(source);
            }
        }
    }

    private void release(Node source) {
        source.children--;
        if (source.children != 0 || source.views != 0) {
            return;
        }
        Node root = source.root;
        if (root != null) {
            root.views--;
            if (root.views == 0 && root.children == 0 && root.placed) {
                free(root);
            }
        } else if (source.placed) {
            free(source);
        }
    }

    private void free(Node node) {
        if (!node.output) {
            arenas.get(node.buffer).give(node.chunk, node.offset, node.taken);
            node.placed = false;
        }
    }

    private void place(Node node, int device) {
        if (node.placed || node.stored() || node.root != null) {
            return;
        }
        node.placed = true;
        if (node.op.inPlace()) {
            for (Node source : node.sources) {
                if (reuse(node, source)) {
                    return;
                }
            }
        }
        node.taken = node.bytes + devices.get(device).beside(node);
        Arena.Place place = arenas.get(device).take(node.taken);
        node.buffer = device;
        node.chunk = place.chunk();
        node.offset = place.offset();
    }

    /** A view's memory is never taken over, even where nothing else needs it. */
    private boolean reuse(Node node, Node source) {
        boolean free =
                source.placed
                        && !source.output
                        && source.children == 1
                        && source.views == 0
                        && node.sameLayout(source);
        if (free) {
            node.buffer = source.buffer;
            node.chunk = source.chunk;
            node.offset = source.offset;
            node.taken = source.taken;
            source.placed = false;
        }
        return free;
    }
}
