package dev.stoker.warm;

import java.util.List;
import java.util.Optional;

/** Says whether models have room together. Pure: asked again and again with the same answers. */
@FunctionalInterface
public interface Room {

    /**
     * Returns why a model has no room beside others, a phrase; empty where it has, or where that is
     * not known.
     *
     * @param beside the names of those that stay, of higher priority
     */
    Optional<String> refuses(String model, List<String> beside);

    /** Returns one where everything has room, as far as is known. */
    static Room unknown() {
        return (_, _) -> Optional.empty();
    }
}
