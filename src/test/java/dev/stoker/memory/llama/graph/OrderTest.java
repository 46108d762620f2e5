package dev.stoker.memory.llama.graph;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

class OrderTest {
    private static final Node WEIGHT = Node.stored(100, Node.of(10, 10), 0, true);

    private static Node result(Op op, Node... sources) {
        return Node.result(op, 4, Node.of(10, 10), sources);
    }

    @Test
    void ordered_independentProducts_comeTogether() {
        Node input = result(Op.MUL_MAT, WEIGHT);
        Node first = result(Op.MUL_MAT, WEIGHT, input);
        Node curve = result(Op.UNARY, first);
        Node second = result(Op.MUL_MAT, WEIGHT, input);

        assertThat(new Order(List.of(input, first, curve, second)).ordered())
                .containsExactly(input, first, second, curve);
    }

    @Test
    void ordered_normAndItsWeights_stayTogether() {
        Node input = result(Op.MUL_MAT, WEIGHT);
        Node norm = result(Op.RMS_NORM, input);
        Node scaled = result(Op.MUL, norm, WEIGHT);
        Node other = result(Op.MUL_MAT, WEIGHT, input);

        List<Node> ordered = new Order(List.of(input, norm, scaled, other)).ordered();

        assertThat(ordered.indexOf(scaled)).isEqualTo(ordered.indexOf(norm) + 1);
    }

    @Test
    void ordered_rotationAndItsWayIntoTheCache_stayTogether() {
        Node input = result(Op.MUL_MAT, WEIGHT);
        Node product = result(Op.MUL_MAT, WEIGHT, input);
        Node rope = result(Op.ROPE, input);
        Node curve = result(Op.UNARY, product);
        Node view = Node.view(Op.VIEW, rope, rope.shape, true, rope);
        Node cache = Node.stored(1000, Node.of(10, 100), 0, false);
        Node stored = Node.changed(Op.SET_ROWS, cache, view, Node.input(8, 10), cache);

        List<Node> ordered =
                new Order(List.of(input, product, rope, curve, view, stored)).ordered();

        assertThat(ordered.indexOf(view)).isEqualTo(ordered.indexOf(rope) + 1);
        assertThat(ordered.indexOf(stored)).isEqualTo(ordered.indexOf(view) + 1);
    }

    @Test
    void ordered_chain_staysAsItIs() {
        Node first = result(Op.MUL_MAT, WEIGHT);
        Node second = result(Op.UNARY, first);
        Node third = result(Op.MUL_MAT, WEIGHT, second);
        List<Node> chain = List.of(first, second, third);

        assertThat(new Order(chain).ordered()).isEqualTo(chain);
    }
}
