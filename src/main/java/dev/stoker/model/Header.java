package dev.stoker.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The metadata of a GGUF model, wherever it was read: from the file itself, or from a server that
 * tells it as JSON.
 */
public interface Header {

    /** Returns the keys that have a value, or had one that was left out. */
    Set<String> keys();

    /** Returns a text, or empty where there is none. */
    Optional<String> text(String key);

    /** Returns a whole number, a truth value as 0 or 1; or empty where there is none. */
    OptionalLong whole(String key);

    /** Returns how many elements an array has, or empty where there is none or it was left out. */
    OptionalLong count(String key);

    /**
     * Returns the whole numbers of an array, truth values as 0 or 1; or empty where there is none,
     * where it was left out, or where it has other elements.
     */
    Optional<List<Long>> wholes(String key);

    /** Returns whether the value is an array that the source has left out. */
    boolean leftOut(String key);
}
