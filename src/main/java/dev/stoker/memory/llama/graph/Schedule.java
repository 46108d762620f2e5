package dev.stoker.memory.llama.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Gives each node of a graph its device and cuts the graph into parts of one device each, with
 * copies of what a part needs from another device. The processor is the last device.
 */
final class Schedule {
    private static final int MOST_INPUTS = 30;

    private final Graph graph;
    private final List<Device> devices;
    private final int copies;
    private final int processor;
    private final List<IdentityHashMap<Node, Node>> copied = new ArrayList<>();
    private final List<Node> leaves = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Set<Node> multiplied = Collections.newSetFromMap(new IdentityHashMap<>());

    /**
     * @param copies of each input, where parts of several batches run at once; else 1
     */
    Schedule(Graph graph, List<Device> devices, int copies) {
        this.graph = graph;
        this.devices = devices;
        this.copies = copies;
        processor = devices.size() - 1;
        devices.forEach(_ -> copied.add(new IdentityHashMap<>()));
    }

    /** Leaves in the order in which they are laid out. */
    List<Node> leaves() {
        return leaves;
    }

    List<Node> nodes() {
        return nodes;
    }

    void cut() {
        assign();
        split();
        leaves.addAll(graph.leaves);
    }

    private void assign() {
        for (Node leaf : graph.leaves) {
            leaf.device = leaf.device != Node.NOWHERE ? leaf.device : fromWhatIsStored(leaf);
        }
        for (Node node : graph.nodes) {
            node.device = node.device != Node.NOWHERE ? node.device : fromWhatIsStored(node);
        }
        List<Node> computed = graph.nodes.stream().filter(n -> !n.op.view()).toList();
        spread(computed, true);
        spread(computed.reversed(), true);
        spread(computed, false);
        spread(computed.reversed(), false);
        for (Node node : computed) {
            if (node.device == Node.NOWHERE) {
                node.device = mostSources(node);
            }
        }
        for (Node node : graph.nodes) {
            settle(node);
        }
    }

    private int fromWhatIsStored(Node node) {
        Node owner = node.owner();
        if (owner.stored()) {
            return devices.get(owner.home).runs(node) || owner.home == processor
                    ? owner.home
                    : Node.NOWHERE;
        }
        if (node.input) {
            return processor;
        }
        if (node.op == Op.ROPE || node.op == Op.FLASH) {
            return Node.NOWHERE;
        }
        for (Node source : node.sources) {
            if (!source.weight) {
                continue;
            }
            if (source.home == processor) {
                for (int i = 0; i < processor; i++) {
                    if (devices.get(i).takes(node)) {
                        return i;
                    }
                }
            }
            return devices.get(source.home).runs(node) ? source.home : Node.NOWHERE;
        }
        return Node.NOWHERE;
    }

    private void spread(List<Node> order, boolean acceleratorsOnly) {
        int current = Node.NOWHERE;
        for (Node node : order) {
            if (node.device != Node.NOWHERE) {
                current = acceleratorsOnly && node.device == processor ? Node.NOWHERE : node.device;
            } else if (current != Node.NOWHERE && devices.get(current).runs(node)) {
                node.device = current;
            }
        }
    }

    private int mostSources(Node node) {
        int best = processor;
        int most = -1;
        for (int i = 0; i < devices.size(); i++) {
            if (!devices.get(i).runs(node)) {
                continue;
            }
            int reached = 0;
            for (Node source : node.sources) {
                boolean known =
                        source.device != Node.NOWHERE || source.owner().device != Node.NOWHERE;
                reached += known && reaches(i, source) ? 1 : 0;
            }
            if (reached > most) {
                most = reached;
                best = i;
            }
        }
        return best;
    }

    private void settle(Node node) {
        if (node.root != null && node.device == Node.NOWHERE) {
            node.device = node.root.device;
        }
        for (Node source : node.sources) {
            if (source.device == Node.NOWHERE) {
                source.device = source.root != null ? source.root.device : node.device;
            }
        }
        if (node.device == Node.NOWHERE) {
            node.device = processor;
        }
    }

    /** Returns whether a device reads a node where it is. */
    private boolean reaches(int device, Node node) {
        Node owner = node.owner();
        int at = owner.stored() ? owner.home : node.device;
        return at == Node.NOWHERE ? owner.device == device : at == device;
    }

    private void split() {
        int current = processor;
        for (Node node : graph.nodes) {
            if (!node.op.view()) {
                current = node.device;
                break;
            }
        }
        List<Node> part = new ArrayList<>();
        List<Node> needed = new ArrayList<>();
        for (Node node : graph.nodes) {
            if (!node.op.view()) {
                boolean another =
                        node.device == current && !needed.isEmpty() && another(node, needed);
                if (node.device != current || another) {
                    close(part, needed, current);
                    part = new ArrayList<>();
                    needed = new ArrayList<>();
                    current = node.device;
                }
                gather(node, current, needed);
            }
            part.add(node);
        }
        close(part, needed, current);
    }

    private boolean another(Node node, List<Node> needed) {
        for (Node source : node.sources) {
            boolean far = source.device != node.device && !reaches(node.device, source);
            if (source.weight && far) {
                return true;
            }
            if (needed.size() >= MOST_INPUTS
                    && far
                    && !copied.get(node.device).containsKey(source)) {
                return true;
            }
        }
        return false;
    }

    private void gather(Node node, int device, List<Node> needed) {
        for (int i = 0; i < node.sources.length; i++) {
            Node source = node.sources[i];
            if (source.input && copies > 1 && multiplied.add(source)) {
                source.output = true;
                leaves.add(source);
                for (int c = 1; c < copies; c++) {
                    leaves.add(kept(source.copy(), source.device));
                }
            }
            if (source.device == device || reaches(device, source)) {
                continue;
            }
            Node copy = copied.get(device).get(source);
            if (copy == null) {
                copy = source.copy();
                copy.device = device;
                copied.get(device).put(source, copy);
                needed.add(source);
            }
            node.sources[i] = copy;
        }
    }

    private static Node kept(Node node, int device) {
        node.device = device;
        node.input = true;
        node.output = true;
        return node;
    }

    private void close(List<Node> part, List<Node> needed, int device) {
        for (Node source : needed) {
            Node kept = source.kept();
            kept.device = source.device;
            nodes.add(kept);
            Node copy = copied.get(device).getOrDefault(source, source);
            nodes.add(copy);
            if (copies > 1) {
                leaves.add(kept(copy, device));
                for (int c = 1; c < copies; c++) {
                    leaves.add(kept(source.copy(), device));
                }
            }
        }
        nodes.addAll(devices.get(device).reorders() ? new Order(part).ordered() : part);
    }
}
