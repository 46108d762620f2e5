package dev.stoker.model;

import dev.stoker.base.Bytes;

import java.util.List;
import java.util.Map;

/**
 * A file beside a model's own that is loaded with it.
 *
 * @param kind what it does
 * @param origin its path or address
 * @param bytes its size
 * @param architecture of its header; empty where unknown
 * @param tensors its tensors; empty where a server does not tell them
 * @param numbers whole numbers of its header by their whole key
 */
public record Sidecar(
        Kind kind,
        String origin,
        Bytes bytes,
        String architecture,
        List<Tensor> tensors,
        Map<String, Long> numbers) {
    public Sidecar {
        tensors = List.copyOf(tensors);
        numbers = Map.copyOf(numbers);
    }

    /** What a sidecar does. */
    public enum Kind {
        /** Turns pictures or sound into embeddings (mmproj). */
        PROJECTOR,
        /** A LoRA adapter. */
        ADAPTER,
        /** A small model that proposes tokens. */
        DRAFT
    }
}
