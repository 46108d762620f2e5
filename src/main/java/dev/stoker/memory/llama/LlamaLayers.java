package dev.stoker.memory.llama;

import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.model.LayerShape;
import dev.stoker.model.ModelShape;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which layers of a model are laid out: what one leaves free the next one like it takes, so that a
 * few of each kind tell what all of them take. Pure.
 */
final class LlamaLayers {
    private static final int AT_AN_END = 3;
    private static final int OF_A_KIND = 2;
    private static final int PERIOD = 4;

    /** What a layer's part of a graph depends on. */
    private record Kind(LayerShape shape, int names, int sizes, boolean inPeriod, boolean host) {}

    private final ModelShape shape;
    private final LlamaSettings settings;
    private final Placement placement;
    private final LlamaWeights weights;

    LlamaLayers(
            ModelShape shape, LlamaSettings settings, Placement placement, LlamaWeights weights) {
        this.shape = shape;
        this.settings = settings;
        this.placement = placement;
        this.weights = weights;
    }

    /**
     * @param pipelined whether several batches run at once: then copies of what goes from device to
     *     device stay, and on a GPU that leaves some operations to the host there are some in each
     *     layer; and a recurrent layer's operations run among those of the one before, so that
     *     there it matters which layer follows which, as where all layers share an input that is as
     *     large as theirs
     */
    List<Integer> kept(List<MemoryDevice> gpus, boolean pipelined) {
        boolean leaves = gpus.stream().anyMatch(g -> g.kind() == DeviceKind.VULKAN);
        boolean recurrent = shape.layers().stream().anyMatch(l -> l.stateBytes() > 0);
        boolean shared =
                shape.number("embedding_length_per_layer_input", 0) > 0 || weights.paired();
        boolean all = recurrent || shared || (pipelined && leaves);
        List<Integer> kept = new ArrayList<>();
        int blocks = shape.mainBlocks();
        int first = 0;
        while (first < blocks) {
            int end = first + 1;
            while (end < blocks && place(end) == place(first)) {
                end++;
            }
            Map<Kind, Integer> seen = new HashMap<>();
            for (int i = first; i < end; i++) {
                boolean inside = i >= first + AT_AN_END && i < end - AT_AN_END;
                if (all || !inside || seen.merge(kind(i), 1, Integer::sum) <= OF_A_KIND) {
                    kept.add(i);
                }
            }
            first = end;
        }
        return kept;
    }

    /** The device of a layer, and whether its experts are elsewhere. */
    private int place(int layer) {
        return 2 * placement.device()[layer] + (layer < settings.cpuExpertLayers() ? 1 : 0);
    }

    private Kind kind(int layer) {
        boolean host =
                placement.device()[layer] == Placement.HOST || layer < settings.cpuExpertLayers();
        // What lies where it is computed takes no place, whatever its size.
        int sizes = host ? weights.sizes(layer) : 0;
        return new Kind(
                shape.layers().get(layer),
                weights.names(layer),
                sizes,
                (layer + 1) % PERIOD == 0,
                host);
    }
}
