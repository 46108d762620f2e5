package dev.stoker.tui.screen;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A terminal that understands what {@link Painter} writes, and fails on anything else. */
final class PaperTerminal {
    private final int width;
    private final int[][] cells;
    private int x;
    private int y;

    PaperTerminal(int width, int height) {
        this.width = width;
        this.cells = new int[height][width];
        clear();
    }

    private void clear() {
        for (int[] row : cells) {
            Arrays.fill(row, ' ');
        }
    }

    void take(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c == 0x1b) {
                int end = i + 1;
                while (!Character.isLetter(text.charAt(end))) {
                    end++;
                }
                sequence(text.substring(i + 1, end), text.charAt(end));
                i = end + 1;
            } else {
                put(c);
            }
        }
    }

    private void sequence(String parameters, char last) {
        switch (last) {
            case 'H' -> {
                String[] numbers = parameters.split(";", -1);
                y = Integer.parseInt(numbers[0]) - 1;
                x = Integer.parseInt(numbers[1]) - 1;
            }
            case 'J' -> clear();
            case 'm', 'h', 'l' -> {}
            default -> throw new AssertionError("unknown sequence " + parameters + last);
        }
    }

    private void put(int c) {
        int cells = CellWidth.of(c);
        if (x + cells > width) {
            throw new AssertionError("written beyond the last column");
        }
        // A terminal blanks the other half of a wide character that is written over.
        if (this.cells[y][x] == Grid.HALF && x > 0) {
            this.cells[y][x - 1] = ' ';
        }
        int behind = x + cells;
        if (behind < width && this.cells[y][behind] == Grid.HALF) {
            this.cells[y][behind] = ' ';
        }
        this.cells[y][x] = c;
        if (cells == 2) {
            this.cells[y][x + 1] = Grid.HALF;
        }
        x += cells;
    }

    String row(int row) {
        StringBuilder b = new StringBuilder();
        for (int c : cells[row]) {
            if (c != Grid.HALF) {
                b.appendCodePoint(c);
            }
        }
        return b.toString().stripTrailing();
    }
}
