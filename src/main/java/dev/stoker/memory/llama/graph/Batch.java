package dev.stoker.memory.llama.graph;

import dev.stoker.memory.CacheType;
import dev.stoker.model.ModelShape;

import java.util.List;
import java.util.Map;

/**
 * One batch of a model, all that its graph depends on.
 *
 * @param weights by name
 * @param devices the processor last
 * @param layers by layer the device that has it; the output layer is not among them
 * @param caches by layer the device that has its cache
 * @param kept layers that are laid out: what one leaves free the next one like it takes
 * @param flash whether attention is flash attention
 * @param turned whether caches keep each element of values by itself, for attention that is no
 *     flash attention
 * @param cachesStay whether caches are on the host though layers are on GPUs
 * @param tokens of a batch
 * @param outputs tokens whose logits are asked for
 * @param streams caches that sequences have each of their own
 * @param cells of a stream of the whole context
 * @param windowCells of a stream of layers with a window
 * @param copies of inputs, where parts of several batches run at once
 * @param sequences that a batch has tokens of
 * @param pools whether embeddings are asked for
 */
public record Batch(
        String architecture,
        ModelShape shape,
        Map<String, Stored> weights,
        List<Device> devices,
        List<Integer> layers,
        List<Integer> caches,
        List<Integer> kept,
        boolean flash,
        boolean turned,
        boolean cachesStay,
        long tokens,
        long outputs,
        int streams,
        long cells,
        long windowCells,
        CacheType keys,
        CacheType values,
        int copies,
        int sequences,
        boolean pools) {
    public Batch {
        weights = Map.copyOf(weights);
        devices = List.copyOf(devices);
        layers = List.copyOf(layers);
        caches = List.copyOf(caches);
        kept = List.copyOf(kept);
    }
}
