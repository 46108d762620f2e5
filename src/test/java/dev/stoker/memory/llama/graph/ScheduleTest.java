package dev.stoker.memory.llama.graph;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

class ScheduleTest {
    private static final int GPU = 0;
    private static final int HOST = 1;
    private static final long WEIGHT = 1000;

    private static Device gpu(boolean takesBatches, long largest) {
        return new Device(false, largest, Long.MAX_VALUE, 1, takesBatches, false, false, true);
    }

    private static Node product(int home, Node of, long rows) {
        return Node.result(
                Op.MUL_MAT,
                4,
                Node.of(10, rows),
                Node.stored(WEIGHT, Node.of(10, 10), home, true),
                of);
    }

    private static Schedule cut(Graph graph, Device gpu, int copies) {
        Schedule schedule =
                new Schedule(graph, List.of(gpu, Device.processor(Long.MAX_VALUE)), copies);
        schedule.cut();
        return schedule;
    }

    private static long copies(Schedule schedule, int device) {
        return schedule.nodes().stream()
                .filter(n -> n.op == Op.NONE && n.root == null && n.device == device)
                .count();
    }

    @Test
    void cut_weightOnHostAndLargeBatch_isComputedByTheGpuWithACopy() {
        Graph graph = new Graph();
        Node node = graph.add(product(HOST, Node.input(4, 10, 32), 32));

        Schedule schedule = cut(graph, gpu(true, Long.MAX_VALUE), 1);

        assertThat(node.device).isEqualTo(GPU);
        assertThat(copies(schedule, GPU)).isEqualTo(2);
    }

    @Test
    void cut_weightOnHostAndSmallBatch_isComputedByTheHost() {
        Graph graph = new Graph();
        Node node = graph.add(product(HOST, Node.input(4, 10, 31), 31));

        Schedule schedule = cut(graph, gpu(true, Long.MAX_VALUE), 1);

        assertThat(node.device).isEqualTo(HOST);
        assertThat(copies(schedule, GPU)).isZero();
    }

    @Test
    void cut_tensorTooLargeForTheGpu_isComputedByTheHost() {
        Graph graph = new Graph();
        Node node = graph.add(product(HOST, Node.input(4, 10, 32), 32));

        cut(graph, gpu(true, WEIGHT - 1), 1);

        assertThat(node.device).isEqualTo(HOST);
    }

    @Test
    void cut_twoWeightsOnHost_areCopiedOneAfterTheOther() {
        Graph graph = new Graph();
        Node first = product(HOST, Node.input(4, 10, 32), 32);
        Node second = graph.add(product(HOST, first, 32));

        Schedule schedule = cut(graph, gpu(true, Long.MAX_VALUE), 1);

        List<Node> nodes = schedule.nodes();
        assertThat(nodes.indexOf(second.sources[0])).isGreaterThan(nodes.indexOf(first));
    }

    @Test
    void cut_operationWithoutWeights_staysWithItsNeighbours() {
        Graph graph = new Graph();
        Node first = product(GPU, Node.input(4, 10, 32), 32);
        Node norm = Node.result(Op.RMS_NORM, 4, first.shape, first);
        graph.add(product(GPU, norm, 32));

        cut(graph, gpu(false, Long.MAX_VALUE), 1);

        assertThat(norm.device).isEqualTo(GPU);
    }

    @Test
    void cut_severalBatchesAtOnce_hasACopyOfEachInputForEachOnEveryDevice() {
        Graph graph = new Graph();
        graph.add(product(GPU, Node.input(4, 10, 32), 32));

        Schedule schedule = cut(graph, gpu(false, Long.MAX_VALUE), 4);

        assertThat(schedule.leaves().stream().filter(n -> n.input && n.device == HOST).distinct())
                .hasSize(4);
        assertThat(schedule.leaves().stream().filter(n -> n.input && n.device == GPU).distinct())
                .hasSize(4);
    }
}
