package dev.stoker.memory.llama.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * The order in which llama.cpp's Vulkan backend runs a part of a graph: operations that do not
 * depend on each other come together, operations that it fuses stay together.
 */
final class Order {
    private static final int LOOKED_AT = 20;
    private static final int NEAR = 15;

    private static final List<List<Op>> CHOOSING_EXPERTS =
            List.of(
                    List.of(
                            Op.SOFT_MAX,
                            Op.RESHAPE,
                            Op.ARGSORT,
                            Op.VIEW,
                            Op.GET_ROWS,
                            Op.RESHAPE,
                            Op.SUM_ROWS,
                            Op.CLAMP,
                            Op.DIV,
                            Op.RESHAPE),
                    List.of(
                            Op.UNARY,
                            Op.RESHAPE,
                            Op.ADD,
                            Op.ARGSORT,
                            Op.VIEW,
                            Op.GET_ROWS,
                            Op.RESHAPE,
                            Op.SUM_ROWS,
                            Op.CLAMP,
                            Op.DIV,
                            Op.RESHAPE),
                    List.of(Op.SOFT_MAX, Op.RESHAPE, Op.ARGSORT, Op.VIEW, Op.GET_ROWS),
                    List.of(Op.ARGSORT, Op.VIEW, Op.GET_ROWS, Op.RESHAPE, Op.SOFT_MAX, Op.RESHAPE));

    private final List<Node> nodes;
    private final boolean[] used;
    private final List<Node> ordered;
    private final Set<Node> done = Collections.newSetFromMap(new IdentityHashMap<>());
    private int first;

    Order(List<Node> nodes) {
        this.nodes = nodes;
        used = new boolean[nodes.size()];
        ordered = new ArrayList<>(nodes.size());
    }

    List<Node> ordered() {
        while (first < nodes.size()) {
            if (keepsPattern()) {
                continue;
            }
            List<Integer> set = new ArrayList<>();
            set.add(first);
            operations(set);
            if (nodes.get(set.getLast()).op != Op.ADD) {
                views(set);
            }
            for (int i : set) {
                run(i);
            }
            skipUsed();
        }
        return ordered;
    }

    private void run(int i) {
        ordered.add(nodes.get(i));
        done.add(nodes.get(i));
        used[i] = true;
    }

    private void skipUsed() {
        while (first < nodes.size() && used[first]) {
            first++;
        }
    }

    private boolean keepsPattern() {
        for (List<Op> pattern : CHOOSING_EXPERTS) {
            if (matches(pattern, first)) {
                for (int i = 0; i < pattern.size(); i++) {
                    run(first + i);
                }
                skipUsed();
                return true;
            }
        }
        return false;
    }

    private boolean matches(List<Op> pattern, int start) {
        if (start + pattern.size() > nodes.size()) {
            return false;
        }
        for (int i = 0; i < pattern.size(); i++) {
            if (nodes.get(start + i).op != pattern.get(i) || used[start + i]) {
                return false;
            }
        }
        return true;
    }

    private boolean matchesAny(int start) {
        Op op = nodes.get(start).op;
        if (op != Op.SOFT_MAX && op != Op.UNARY && op != Op.ARGSORT) {
            return false;
        }
        return CHOOSING_EXPERTS.stream().anyMatch(p -> matches(p, start));
    }

    private static boolean empty(Node node) {
        return node.op == Op.NONE || node.op.view();
    }

    private static boolean needs(Node node, Node source) {
        for (Node each : node.sources) {
            if (each == source) {
                return true;
            }
        }
        return node.owner() == source.owner();
    }

    private void operations(List<Integer> set) {
        int end = Math.min(first + LOOKED_AT, nodes.size());
        for (int j = first + 1; j < end; j++) {
            if (used[j] || empty(nodes.get(j)) || matchesAny(j) || !ready(j, set)) {
                continue;
            }
            set.add(j);
            pull(j, set);
        }
    }

    private boolean ready(int j, List<Integer> set) {
        Node node = nodes.get(j);
        for (int c = first; c < j; c++) {
            Node before = nodes.get(c);
            if (!used[c]
                    && needs(node, before)
                    && !(j == c + 1 && c == set.getLast() && fuses(before.op, node.op))) {
                return false;
            }
        }
        return true;
    }

    private static boolean fuses(Op before, Op op) {
        return switch (before) {
            case RMS_NORM -> op == Op.MUL;
            case MUL_MAT, ADD -> op == Op.ADD;
            case CONVOLUTION -> op == Op.ADD || op == Op.UNARY;
            case MUL_MAT_ID -> op == Op.ADD_ID || op == Op.MUL;
            default -> false;
        };
    }

    /** Takes along what is fused with a node further down. */
    private void pull(int j, List<Integer> set) {
        Node node = nodes.get(j);
        Op before = nodes.get(j - 1).op;
        int rope = j;
        if (node.op == Op.MUL && before == Op.RMS_NORM) {
            for (int k = j + 1; k < Math.min(j + NEAR, nodes.size()); k++) {
                Node each = nodes.get(k);
                if (each.op == Op.ROPE && each.sources[0] == node && restIsThere(each)) {
                    rope = k;
                    set.add(k);
                    used[k] = true;
                    break;
                }
            }
        }
        if (nodes.get(rope).op == Op.ROPE) {
            stored(rope, set);
        }
        if (node.op == Op.ADD_ID && before == Op.MUL_MAT_ID) {
            pullOne(j, Op.MUL, set);
        }
        if (node.op == Op.ADD && before == Op.CONVOLUTION) {
            pullOne(j, Op.UNARY, set);
        }
        if (node.op == Op.ADD && before == Op.MUL_MAT) {
            pullOne(j, Op.ADD, set);
        }
    }

    private static boolean restIsThere(Node node) {
        for (int i = 1; i < node.sources.length; i++) {
            if (node.sources[i].op != Op.NONE) {
                return false;
            }
        }
        return true;
    }

    private void pullOne(int j, Op op, List<Integer> set) {
        for (int k = j + 1; k < Math.min(j + NEAR, nodes.size()); k++) {
            Node each = nodes.get(k);
            if (each.op == op
                    && each.sources[0] == nodes.get(j)
                    && (each.sources.length < 2
                            || each.sources[1].op == Op.NONE
                            || done.contains(each.sources[1]))) {
                set.add(k);
                used[k] = true;
                return;
            }
        }
    }

    /** A rotation, a view of it, and its way into the cache come together. */
    private void stored(int rope, List<Integer> set) {
        int view = -1;
        for (int k = rope + 1; k < Math.min(rope + 10, nodes.size()); k++) {
            Node each = nodes.get(k);
            if (view < 0 && each.op == Op.VIEW && each.sources[0] == nodes.get(rope)) {
                view = k;
            } else if (view >= 0 && each.op == Op.SET_ROWS && each.sources[0] == nodes.get(view)) {
                set.add(view);
                set.add(k);
                used[view] = true;
                used[k] = true;
                return;
            }
        }
    }

    private void views(List<Integer> set) {
        int end = Math.min(first + LOOKED_AT, nodes.size());
        for (int j = first + 1; j < end; j++) {
            if (used[j] || !empty(nodes.get(j))) {
                continue;
            }
            boolean ok = true;
            for (int c = first; c < j && ok; c++) {
                ok = used[c] || !needs(nodes.get(j), nodes.get(c)) || set.contains(c);
            }
            if (ok) {
                set.add(j);
            }
        }
    }
}
