package dev.stoker.memory.llama.graph;

import java.util.List;

/**
 * A weight.
 *
 * @param dimensions the contiguous one first
 * @param device whose memory holds it
 */
public record Stored(long bytes, List<Long> dimensions, int device) {
    public Stored {
        dimensions = List.copyOf(dimensions);
    }
}
