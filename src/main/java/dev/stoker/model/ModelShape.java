package dev.stoker.model;

import java.util.List;
import java.util.Map;

/**
 * The dimensions of a model, as far as memory and speed depend on them. What a file leaves out has
 * the value that the engines assume.
 *
 * @param blocks layers in the file, those for multi-token prediction included
 * @param predictionBlocks how many of the last blocks are for multi-token prediction; they are not
 *     loaded unless it is asked for
 * @param contextLength tokens that it was trained for
 * @param embedding width of the stream between layers
 * @param vocabulary tokens
 * @param layers one entry a block
 * @param experts of a mixture; {@link Experts#NONE} where it is none
 * @param slidingWindow tokens that a layer with a window looks back; 0 where no layer has one
 * @param latent whether attention is latent (MLA): one compressed key a token, no value
 * @param encoder whether it encodes text only: no cache, the whole context in one batch
 * @param embedsOnly whether it makes embeddings or rankings, not text
 * @param numbers further whole numbers of the header by their key without the architecture, such as
 *     {@code ssm.inner_size}: for what only one architecture has
 */
public record ModelShape(
        int blocks,
        int predictionBlocks,
        long contextLength,
        long embedding,
        long vocabulary,
        List<LayerShape> layers,
        Experts experts,
        long slidingWindow,
        boolean latent,
        boolean encoder,
        boolean embedsOnly,
        Map<String, Long> numbers) {
    public ModelShape {
        layers = List.copyOf(layers);
        numbers = Map.copyOf(numbers);
    }

    /**
     * A mixture of experts.
     *
     * @param count experts a layer
     * @param used experts that a token uses
     * @param feedForward width of one expert
     * @param sharedFeedForward width of the shared experts together; 0 where there are none
     */
    public record Experts(int count, int used, long feedForward, long sharedFeedForward) {
        public static final Experts NONE = new Experts(0, 0, 0, 0);

        public boolean any() {
            return count > 0;
        }
    }

    /** Returns the layers that a text generation without multi-token prediction runs. */
    public int mainBlocks() {
        return blocks - predictionBlocks;
    }

    /** Returns a further number of the header, or the given one where there is none. */
    public long number(String key, long other) {
        return numbers.getOrDefault(key, other);
    }
}
