package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.cli.Terminal.Colour;
import dev.stoker.memory.DevicePlan;
import dev.stoker.memory.ItemKind;
import dev.stoker.memory.MemoryItem;

import java.util.ArrayList;
import java.util.List;

/**
 * A picture of a device's memory: a bar whose parts are the items of a plan, what others use, and
 * what is left. Each part has a letter of its own, and a colour where the terminal has some.
 */
final class MemoryBar {
    private static final int LEAST = 10;

    private MemoryBar() {}

    /** Returns the letter that stands for an item. */
    static char letter(ItemKind kind) {
        return switch (kind) {
            case WEIGHTS -> 'W';
            case KV -> 'K';
            case RECURRENT -> 'R';
            case COMPUTE -> 'C';
            case OUTPUT -> 'O';
            case PROJECTOR -> 'P';
            case DRAFT -> 'D';
            case CONTEXT -> 'X';
            case MARGIN -> 'm';
        };
    }

    static Colour colour(ItemKind kind) {
        return switch (kind) {
            case WEIGHTS -> Colour.GOOD;
            case KV, RECURRENT -> Colour.WARNING;
            case MARGIN -> Colour.FAINT;
            default -> Colour.STRONG;
        };
    }

    private record Part(char letter, Colour colour, double bytes) {}

    /**
     * Returns the bar, of so many characters.
     *
     * @param width characters, brackets included
     */
    static String of(DevicePlan plan, Terminal terminal, int width) {
        int inside = Math.max(LEAST, width - 2);
        List<Part> parts = new ArrayList<>();
        double capacity = plan.device().capacity().count();
        double used = capacity - plan.device().free().count();
        if (used > capacity * 0.002) {
            parts.add(new Part('#', Colour.FAINT, used));
        }
        for (ItemKind kind : ItemKind.values()) {
            Bytes bytes = plan.of(kind);
            if (bytes.count() > 0) {
                parts.add(new Part(letter(kind), colour(kind), bytes.count()));
            }
        }
        double sum = parts.stream().mapToDouble(Part::bytes).sum();
        double scale = Math.max(sum, capacity);
        StringBuilder bar = new StringBuilder("[");
        double at = 0;
        int drawn = 0;
        for (Part part : parts) {
            at += part.bytes;
            int end = scale > 0 ? (int) Math.round(at / scale * inside) : 0;
            if (end > drawn) {
                bar.append(
                        terminal.paint(
                                part.colour, String.valueOf(part.letter).repeat(end - drawn)));
                drawn = end;
            }
        }
        bar.append("·".repeat(Math.max(0, inside - drawn)));
        return bar.append(sum > capacity * 1.0001 ? '>' : ']').toString();
    }

    /** Returns whether an item is worth a line. */
    static boolean shown(MemoryItem item) {
        return item.bytes().count() > 0 || item.high().count() > 0;
    }
}
