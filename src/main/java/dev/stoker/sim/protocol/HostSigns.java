package dev.stoker.sim.protocol;

import dev.stoker.sim.engine.Engine;
import dev.stoker.sim.physics.BoxMemory;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a box's host shows beside its memory's books: how the free memory is cut up, and how busy
 * its processors are with other things than the model server. Pure.
 *
 * @param freeBytes free memory
 * @param inPieces whether it has no large blocks
 * @param neighbour whether somebody else works here
 */
record HostSigns(long freeBytes, boolean inPieces, boolean neighbour) {
    private static final int PAGE = 4096;
    private static final int ORDERS = 11;
    private static final int CORES = 14;

    /** Share of each order's blocks in free memory; a sound machine has most in the largest. */
    private static final double LARGE_SHARE = 0.9;

    private static final int LARGEST_PIECE = 4;

    static HostSigns of(Engine engine, BoxMemory.Books books) {
        String worn = engine.wornBy();
        return new HostSigns(books.free(), worn.equals("fragmentation"), worn.equals("neighbour"));
    }

    void write(ObjectNode host) {
        ArrayNode blocks = host.putArray("free_blocks");
        double pages = freeBytes / (double) PAGE;
        for (int order = 0; order < ORDERS; order++) {
            blocks.add(Math.round(pages * share(order) / (1L << order)));
        }
        host.put("cores", CORES);
        host.put("load_average", neighbour ? CORES + 2.5 : 0.6);
        host.put("cpu_pressure", neighbour ? 0.41 : 0.01);
    }

    private double share(int order) {
        if (inPieces) {
            return order <= LARGEST_PIECE ? 1.0 / (LARGEST_PIECE + 1) : 0;
        }
        return order == ORDERS - 1 ? LARGE_SHARE : (1 - LARGE_SHARE) / (ORDERS - 1);
    }
}
