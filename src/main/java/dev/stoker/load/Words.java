package dev.stoker.load;

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

    private final SplittableRandom random;

    Words(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Returns so many words, with a blank before each. */
    String next(int count) {
        StringBuilder text = new StringBuilder(count * 5);
        for (int i = 0; i < count; i++) {
            text.append(' ').append(LIST.get(random.nextInt(LIST.size())));
        }
        return text.toString();
    }
}
