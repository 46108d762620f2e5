package dev.stoker.suite.picture;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Letters of five by seven dots, drawn for this program: a bare server has no font, and a small
 * Java no machinery for one. Capitals only; a character without a form is a box. Immutable.
 */
final class Glyphs {
    static final int WIDTH = 5;
    static final int HEIGHT = 7;

    /** From one letter to the next. */
    static final int ADVANCE = 6;

    private static final List<String> NAMES =
            List.of("ABCDEFGHIJ", "KLMNOPQRST", "UVWXYZ0123", "456789.,-+", ":%()/?!=&'");

    private static final List<String> BANDS =
            List.of(
                    """
                    .###. ####. .###. ####. ##### ##### .###. #...# .###. ..###
                    #...# #...# #...# #...# #.... #.... #...# #...# ..#.. ...#.
                    #...# #...# #.... #...# #.... #.... #.... #...# ..#.. ...#.
                    ##### ####. #.... #...# ####. ####. #.### ##### ..#.. ...#.
                    #...# #...# #.... #...# #.... #.... #...# #...# ..#.. ...#.
                    #...# #...# #...# #...# #.... #.... #...# #...# ..#.. #..#.
                    #...# ####. .###. ####. ##### #.... .###. #...# .###. .##..
                    """,
                    """
                    #...# #.... #...# #...# .###. ####. .###. ####. .#### #####
                    #..#. #.... ##.## ##..# #...# #...# #...# #...# #.... ..#..
                    #.#.. #.... #.#.# ##..# #...# #...# #...# #...# #.... ..#..
                    ##... #.... #.#.# #.#.# #...# ####. #...# ####. .###. ..#..
                    #.#.. #.... #...# #..## #...# #.... #.#.# #.#.. ....# ..#..
                    #..#. #.... #...# #..## #...# #.... #..#. #..#. ....# ..#..
                    #...# ##### #...# #...# .###. #.... .##.# #...# ####. ..#..
                    """,
                    """
                    #...# #...# #...# #...# #...# ##### .###. ..#.. .###. .###.
                    #...# #...# #...# #...# #...# ....# #...# .##.. #...# #...#
                    #...# #...# #...# .#.#. .#.#. ...#. #...# ..#.. ....# ....#
                    #...# #...# #.#.# ..#.. ..#.. ..#.. #...# ..#.. ...#. ..##.
                    #...# .#.#. #.#.# .#.#. ..#.. .#... #...# ..#.. ..#.. ....#
                    #...# .#.#. ##.## #...# ..#.. #.... #...# ..#.. .#... #...#
                    .###. ..#.. #...# #...# ..#.. ##### .###. .###. ##### .###.
                    """,
                    """
                    ...#. ##### ..##. ##### .###. .###. ..... ..... ..... .....
                    ..##. #.... .#... ....# #...# #...# ..... ..... ..... ..#..
                    .#.#. ####. #.... ...#. #...# #...# ..... ..... ..... ..#..
                    #..#. ....# ####. ...#. .###. .#### ..... ..... ##### #####
                    ##### ....# #...# ..#.. #...# ....# ..... ..... ..... ..#..
                    ...#. #...# #...# ..#.. #...# ...#. .##.. ..#.. ..... ..#..
                    ...#. .###. .###. ..#.. .###. .##.. .##.. .#... ..... .....
                    """,
                    """
                    ..... ##..# ...#. .#... ....# .###. ..#.. ..... .##.. ..#..
                    .##.. ##..# ..#.. ..#.. ....# #...# ..#.. ..... #..#. ..#..
                    .##.. ...#. ..#.. ..#.. ...#. ....# ..#.. ##### #.#.. .....
                    ..... ..#.. ..#.. ..#.. ..#.. ...#. ..#.. ..... .#... .....
                    .##.. .#... ..#.. ..#.. .#... ..#.. ..#.. ##### #.#.# .....
                    .##.. #..## ..#.. ..#.. #.... ..... ..... ..... #..#. .....
                    ..... #..## ...#. .#... #.... ..#.. ..#.. ..... .##.# .....
                    """);

    private static final Map<Character, boolean[][]> FORMS = forms();
    private static final boolean[][] BLANK = new boolean[HEIGHT][WIDTH];

    private Glyphs() {}

    private static Map<Character, boolean[][]> forms() {
        Map<Character, boolean[][]> forms = new HashMap<>();
        for (int band = 0; band < BANDS.size(); band++) {
            List<String> rows = BANDS.get(band).lines().toList();
            for (int i = 0; i < NAMES.get(band).length(); i++) {
                boolean[][] form = new boolean[HEIGHT][WIDTH];
                for (int y = 0; y < HEIGHT; y++) {
                    for (int x = 0; x < WIDTH; x++) {
                        form[y][x] = rows.get(y).charAt(i * ADVANCE + x) == '#';
                    }
                }
                forms.put(NAMES.get(band).charAt(i), form);
            }
        }
        return forms;
    }

    /** Returns the dots of each character, in rows. */
    static List<boolean[][]> of(String text) {
        return text.toUpperCase(Locale.ROOT)
                .chars()
                .mapToObj(c -> (char) c)
                .map(c -> c == ' ' ? BLANK : FORMS.getOrDefault(c, box()))
                .toList();
    }

    private static boolean[][] box() {
        boolean[][] box = new boolean[HEIGHT][WIDTH];
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                box[y][x] = y == 0 || x == 0 || y == HEIGHT - 1 || x == WIDTH - 1;
            }
        }
        return box;
    }
}
