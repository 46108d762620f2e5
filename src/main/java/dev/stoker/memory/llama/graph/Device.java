package dev.stoker.memory.llama.graph;

/**
 * What of a device's abilities the layout of a graph depends on.
 *
 * @param host whether it is the processor
 * @param largestTensor beyond which it computes nothing
 * @param largestBuffer bytes of one buffer
 * @param alignment of what lies in its buffers
 * @param takesBatches whether it computes large batches with weights that the host holds
 * @param reorders whether it puts independent operations next to each other
 * @param choosy whether it attends in one operation with heads of some sizes alone, and widens
 *     quantised keys and values for it: CUDA
 * @param complete whether it computes the scan of the first Mamba, and products of one matrix and
 *     several sequences' ones
 */
public record Device(
        boolean host,
        long largestTensor,
        long largestBuffer,
        long alignment,
        boolean takesBatches,
        boolean reorders,
        boolean choosy,
        boolean complete) {
    private static final int LARGE_BATCH = 32;

    /** Returns the processor, whose buffers may have the bounds of a GPU beside it. */
    public static Device processor(long largestBuffer) {
        return new Device(true, Long.MAX_VALUE, largestBuffer, 32, false, false, false, true);
    }

    boolean runs(Node node) {
        if ((!complete && lacked(node)) || (choosy && node.op == Op.FLASH && !Heads.of(node))) {
            return false;
        }
        if (host || largestTensor == Long.MAX_VALUE) {
            return true;
        }
        for (Node source : node.sources) {
            if (source.bytes > largestTensor) {
                return false;
            }
        }
        return node.bytes <= largestTensor;
    }

    /** Returns what it needs to compute a node, beside the node's own bytes. */
    long beside(Node node) {
        return choosy ? node.widened : 0;
    }

    private static boolean lacked(Node node) {
        return node.op == Op.ODD_SCAN
                || (node.op == Op.MUL_MAT && node.sources[0].shape[3] != node.sources[1].shape[3]);
    }

    boolean takes(Node node) {
        return takesBatches && batch(node) >= LARGE_BATCH && runs(node);
    }

    private static long batch(Node node) {
        return switch (node.op) {
            case GET_ROWS -> 0;
            case MUL_MAT -> node.shape[1];
            case MUL_MAT_ID, ROPE -> node.shape[2];
            default -> node.rows();
        };
    }
}
