package dev.stoker.gguf;

import java.util.List;

/** A value of a header. */
public sealed interface GgufValue {

    /** An integer of any width. Beyond 63 bits it is negative, as its bits say. */
    record Whole(long value) implements GgufValue {}

    /** A floating-point number. */
    record Real(double value) implements GgufValue {}

    /** A truth value. */
    record Flag(boolean value) implements GgufValue {}

    /** A text, as it is in the file: unchecked. */
    record Text(String value) implements GgufValue {}

    /**
     * An array.
     *
     * @param count how many elements it has in the file
     * @param kept its elements where they are few and no texts; else empty
     */
    record Many(long count, List<GgufValue> kept) implements GgufValue {
        public Many {
            kept = List.copyOf(kept);
        }
    }
}
