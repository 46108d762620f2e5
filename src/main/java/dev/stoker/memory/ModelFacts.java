package dev.stoker.memory;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

/**
 * What is known of a model before it is loaded.
 *
 * @param name as the server names it; a size such as {@code 14b} in it is the last resort
 * @param fileSize bytes of all its files
 * @param parameters number of parameters
 * @param quantization such as {@code Q4_K_M}
 * @param trainedContext the most tokens of context it was trained for
 * @param kvBytesPerToken bytes of the key-value cache a token of context, at 16 bits, where the
 *     model's shape is known
 */
public record ModelFacts(
        String name,
        Reading<Bytes> fileSize,
        Reading<Long> parameters,
        Reading<String> quantization,
        Reading<Long> trainedContext,
        Reading<Bytes> kvBytesPerToken) {}
