package dev.stoker.memory.llama.graph;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

class LayoutTest {
    private static final int UNIT = 4;

    private static Node result(Op op, long elements, Node... sources) {
        return Node.result(op, UNIT, Node.of(elements), sources);
    }

    private static Node weight() {
        return Node.stored(1 << 20, Node.of(1), 0, true);
    }

    /** Returns what a graph that ends in a node takes on one device. */
    private static long most(Node... ends) {
        Graph graph = new Graph();
        for (Node end : ends) {
            graph.add(end);
        }
        graph.leaves.forEach(n -> n.device = 0);
        graph.nodes.forEach(n -> n.device = 0);
        Arena arena = new Arena(1, Long.MAX_VALUE);
        new Layout(List.of(Device.processor(Long.MAX_VALUE)), List.of(arena))
                .lay(graph.leaves, graph.nodes);
        return arena.most();
    }

    @Test
    void lay_weights_takeNothing() {
        assertThat(most(result(Op.MUL_MAT, 10, weight(), weight()))).isEqualTo(10 * UNIT);
    }

    @Test
    void lay_chainOfProducts_keepsTwoAtATime() {
        Node first = result(Op.MUL_MAT, 10, weight());
        Node second = result(Op.MUL_MAT, 20, weight(), first);
        Node third = result(Op.MUL_MAT, 10, weight(), second);

        assertThat(most(third)).isEqualTo(30 * UNIT);
    }

    @Test
    void lay_sumOfWhatNothingElseNeeds_takesItsPlace() {
        Node first = result(Op.MUL_MAT, 10, weight());

        assertThat(most(result(Op.ADD, 10, first, weight()))).isEqualTo(10 * UNIT);
    }

    @Test
    void lay_sumOfWhatIsNeededLater_takesItsOwnPlace() {
        Node first = result(Op.MUL_MAT, 10, weight());
        Node norm = result(Op.RMS_NORM, 10, first);

        assertThat(most(result(Op.ADD, 10, norm, first))).isEqualTo(20 * UNIT);
    }

    @Test
    void lay_operationOnAView_takesItsOwnPlace() {
        Node first = result(Op.MUL_MAT, 10, weight());
        Node view = Node.view(Op.RESHAPE, first, Node.of(10), true, first);

        assertThat(most(result(Op.ROPE, 10, view))).isEqualTo(20 * UNIT);
    }

    @Test
    void lay_viewed_isFreedAfterTheLastView() {
        Node first = result(Op.MUL_MAT, 10, weight());
        Node view = Node.view(Op.RESHAPE, first, Node.of(10), true, first);
        Node second = result(Op.MUL_MAT, 10, weight(), view);
        Node third = result(Op.MUL_MAT, 10, weight(), second);

        assertThat(most(third)).isEqualTo(20 * UNIT);
    }

    @Test
    void lay_output_isNeverFreed() {
        Node first = result(Op.MUL_MAT, 10, weight());
        first.output = true;
        Node second = result(Op.MUL_MAT, 10, weight(), first);
        Node third = result(Op.MUL_MAT, 10, weight(), second);

        assertThat(most(third)).isEqualTo(30 * UNIT);
    }

    @Test
    void lay_input_hasItsPlaceFromTheBeginning() {
        Node input = Node.input(UNIT, 5);
        Node first = result(Op.MUL_MAT, 10, weight());
        Node second = result(Op.MUL_MAT, 10, first, input);

        assertThat(most(second)).isEqualTo(25 * UNIT);
        assertThat(input.offset).isZero();
    }
}
