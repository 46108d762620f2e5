package dev.stoker.tui.view;

import dev.stoker.tui.screen.CellWidth;

import java.util.ArrayList;
import java.util.List;

/** Breaks text between words. Pure. */
final class Wrapped {
    private Wrapped() {}

    static List<String> lines(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        int used = 0;
        for (String word : text.split(" ", -1)) {
            int cells = CellWidth.of(word);
            if (used > 0 && used + 1 + cells > width) {
                lines.add(line.toString());
                line.setLength(0);
                used = 0;
            }
            if (used > 0) {
                line.append(' ');
                used++;
            }
            String fitting = CellWidth.cut(word, Math.max(1, width));
            line.append(fitting);
            used += CellWidth.of(fitting);
        }
        if (used > 0) {
            lines.add(line.toString());
        }
        return lines;
    }
}
