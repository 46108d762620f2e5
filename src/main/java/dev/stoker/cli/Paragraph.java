package dev.stoker.cli;

import java.util.ArrayList;
import java.util.List;

/** Breaks a sentence into lines that fit the terminal; later lines are indented. Pure. */
final class Paragraph {
    private static final int NARROWEST = 20;

    private Paragraph() {}

    /**
     * @param first what stands before the first line
     * @param text words; colour codes in them take no room
     * @param indent what stands before every further line
     * @param width the longest line; a single word may be longer
     */
    static List<String> lines(String first, String text, String indent, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(first);
        boolean empty = true;
        for (String word : text.split(" ", -1)) {
            int room = Math.max(NARROWEST, width);
            if (!empty && Table.visible(line.toString()) + 1 + Table.visible(word) > room) {
                lines.add(line.toString());
                line = new StringBuilder(indent);
                empty = true;
            }
            if (!empty) {
                line.append(' ');
            }
            line.append(word);
            empty = false;
        }
        lines.add(line.toString());
        return lines;
    }
}
