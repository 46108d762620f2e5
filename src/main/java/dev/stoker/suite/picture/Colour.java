package dev.stoker.suite.picture;

import java.util.Arrays;
import java.util.Locale;

/**
 * Colours that a person and a model give the same name, told apart by those who see red as green.
 */
enum Colour {
    RED(214, 39, 40),
    BLUE(31, 99, 201),
    GREEN(34, 139, 58),
    YELLOW(245, 200, 20),
    PURPLE(128, 60, 170),
    ORANGE(250, 130, 20),
    BLACK(30, 30, 30),
    GREY(205, 205, 205),
    WHITE(255, 255, 255);

    private final int red;
    private final int green;
    private final int blue;

    Colour(int red, int green, int blue) {
        this.red = red;
        this.green = green;
        this.blue = blue;
    }

    /**
     * @throws IllegalArgumentException if there is none of that name
     */
    static Colour of(String name) {
        return Arrays.stream(values())
                .filter(c -> c.word().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("the colour '" + name + "' is not known"));
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    int red() {
        return red;
    }

    int green() {
        return green;
    }

    int blue() {
        return blue;
    }
}
