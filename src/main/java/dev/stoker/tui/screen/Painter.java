package dev.stoker.tui.screen;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Knows what a terminal shows, and makes the bytes that turn it into what it shall show: only cells
 * that have changed are written, all in one piece. Used by one thread.
 *
 * <p>Source: ECMA-48; synchronised output (private mode 2026), which terminals that don't know it
 * pass over.
 */
public final class Painter {
    private static final byte[] BEGIN = ascii("\u001b[?2026h");
    private static final byte[] END = ascii("\u001b[0m\u001b[?2026l");
    private static final byte[] CLEAR = ascii("\u001b[0m\u001b[2J");

    /** To write over cells that are right already is shorter than to jump over them. */
    private static final int SHORT_JUMP = 4;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(16 << 10);
    private Optional<Grid> shown = Optional.empty();

    /** Forgets what is shown: the next frame is written whole. */
    public void forget() {
        shown = Optional.empty();
    }

    /** Returns the bytes that make the terminal show this; none where it shows it already. */
    public byte[] frame(Grid wanted, Paint paint) {
        out.reset();
        out.writeBytes(BEGIN);
        Grid before = shown.filter(g -> same(g, wanted)).orElse(null);
        boolean whole = before == null;
        if (before == null) {
            out.writeBytes(CLEAR);
            before = new Grid(wanted.width(), wanted.height());
            shown = Optional.of(before);
        }
        boolean wrote = cells(before, wanted, paint);
        before.copy(wanted);
        if (!wrote && !whole) {
            return new byte[0];
        }
        out.writeBytes(END);
        return out.toByteArray();
    }

    private static boolean same(Grid a, Grid b) {
        return a.width() == b.width() && a.height() == b.height();
    }

    private boolean cells(Grid before, Grid wanted, Paint paint) {
        int width = wanted.width();
        int style = -1;
        int cursor = -1;
        boolean wrote = false;
        for (int at = 0; at < width * wanted.height(); at++) {
            if (wanted.character(at) == before.character(at)
                    && wanted.style(at) == before.style(at)) {
                continue;
            }
            int from = at;
            if (cursor >= 0
                    && from > cursor
                    && from - cursor <= SHORT_JUMP
                    && from / width == cursor / width
                    && plain(wanted, cursor, from, style)) {
                from = cursor;
            }
            if (wanted.character(from) == Grid.HALF) {
                from--; // A half is drawn by its other half.
            }
            if (from != cursor) {
                move(from % width, from / width);
            }
            for (int i = from; i <= at; i++) {
                int c = wanted.character(i);
                if (c == Grid.HALF) {
                    continue;
                }
                if (wanted.style(i) != style) {
                    style = wanted.style(i);
                    out.writeBytes(paint.sequence(style));
                }
                character(c);
            }
            boolean wide =
                    at + 1 < width * wanted.height() && wanted.character(at + 1) == Grid.HALF;
            if (wide) {
                at++;
            }
            cursor = at + 1;
            if (cursor % width == 0) {
                cursor = -1; // Terminals differ in where the cursor waits behind the last column.
            }
            wrote = true;
        }
        return wrote;
    }

    private static boolean plain(Grid wanted, int from, int to, int style) {
        for (int i = from; i < to; i++) {
            if (wanted.style(i) != style || wanted.character(i) == Grid.HALF) {
                return false;
            }
        }
        return true;
    }

    private void move(int x, int y) {
        out.write(0x1b);
        out.write('[');
        number(y + 1);
        out.write(';');
        number(x + 1);
        out.write('H');
    }

    private void number(int n) {
        if (n >= 10) {
            number(n / 10);
        }
        out.write('0' + n % 10);
    }

    private void character(int c) {
        if (c < 0x80) {
            out.write(c);
        } else if (c < 0x800) {
            out.write(0xc0 | c >> 6);
            out.write(0x80 | (c & 0x3f));
        } else if (c < 0x10000) {
            out.write(0xe0 | c >> 12);
            out.write(0x80 | (c >> 6 & 0x3f));
            out.write(0x80 | (c & 0x3f));
        } else {
            out.write(0xf0 | c >> 18);
            out.write(0x80 | (c >> 12 & 0x3f));
            out.write(0x80 | (c >> 6 & 0x3f));
            out.write(0x80 | (c & 0x3f));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
