package dev.stoker.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A long text of invented records with one sentence hidden in it. Every word is at least one token,
 * so what a server counts tells whether it read the whole.
 *
 * @param tokens about how long the text is, when it fits
 * @param depth where the sentence is hidden: 0 at the start, 1 at the end
 * @param needle the sentence
 */
public record Haystack(int tokens, double depth, String needle) {
    public static final int SHORTEST = 300;

    /** Tokens a word of these records, at the most, on the vocabularies of common models. */
    private static final double TOKENS_A_WORD = 1.35;

    private static final List<String> WHO =
            List.of("The baker", "A sailor", "The old gardener", "Our neighbour", "The postman");
    private static final List<String> DID =
            List.of("carried", "found", "painted", "sold", "repaired", "borrowed", "counted");
    private static final List<String> WHAT =
            List.of(
                    "the wooden chairs",
                    "a basket of apples",
                    "the garden gate",
                    "some rope",
                    "the small boat",
                    "a box of nails");
    private static final List<String> WHERE =
            List.of(
                    "near the market",
                    "behind the church",
                    "on the long pier",
                    "beside the mill",
                    "at the edge of the forest");
    private static final List<String> WHEN =
            List.of(
                    "before the rain came",
                    "on a quiet morning",
                    "while the children played",
                    "after the bell had rung");

    /** Returns this with at most so many tokens. */
    Haystack within(long most) {
        return new Haystack((int) Math.min(tokens, Math.max(most, 0)), depth, needle);
    }

    /** Returns the text; the same for the same haystack. */
    String text() {
        Random random = new Random(7 + Math.round(depth * 1000));
        long words = (long) (tokens / TOKENS_A_WORD) - wordsIn(needle);
        List<String> lines = new ArrayList<>();
        while (words > 0) {
            String line =
                    String.join(
                                    " ",
                                    pick(WHO, random),
                                    pick(DID, random),
                                    pick(WHAT, random),
                                    pick(WHERE, random),
                                    pick(WHEN, random))
                            + ".";
            lines.add(line);
            words -= wordsIn(line);
        }
        lines.add((int) Math.round(depth * lines.size()), needle);
        return String.join("\n", lines);
    }

    private static String pick(List<String> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }

    static long wordsIn(String text) {
        return text.isBlank() ? 0 : text.strip().split("\\s+").length;
    }
}
