package dev.stoker.load;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Texts of common English words, each of which, with the blank before it, is one token for the
 * tokenizers of today's models (byte-pair and SentencePiece vocabularies of 32 000 and more). The
 * same seed gives the same texts. One thread.
 */
final class Words {
    private static final List<String> LIST =
            List.of(
                    "the", "of", "and", "to", "in", "is", "that", "for", "on", "with", "as", "was",
                    "at", "by", "this", "from", "have", "are", "not", "but", "had", "his", "they",
                    "she", "which", "you", "one", "we", "all", "were", "her", "would", "there",
                    "their", "will", "when", "who", "him", "been", "has", "more", "if", "no", "out",
                    "so", "up", "said", "what", "its", "about", "than", "into", "them", "can",
                    "only", "other", "time", "new", "some", "could", "these", "two", "may",
                    "first");

    /** The same with their blanks: there are hundreds in a prompt. */
    private static final byte[][] SPACED =
            LIST.stream()
                    .map(w -> (" " + w).getBytes(StandardCharsets.US_ASCII))
                    .toArray(byte[][]::new);

    private static final int LONGEST =
            LIST.stream().mapToInt(String::length).max().orElseThrow() + 1;

    private final SplittableRandom random;

    Words(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Returns so many words, with a blank before each. */
    String next(int count) {
        byte[] text = new byte[count * LONGEST];
        int length = 0;
        for (int i = 0; i < count; i++) {
            byte[] word = SPACED[random.nextInt(SPACED.length)];
            System.arraycopy(word, 0, text, length, word.length);
            length += word.length;
        }
        return new String(text, 0, length, StandardCharsets.ISO_8859_1);
    }
}
