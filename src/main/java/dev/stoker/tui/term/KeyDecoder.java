package dev.stoker.tui.term;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes keys of the bytes that a terminal sends. A sequence may come in pieces; what is not
 * understood is swallowed whole and never taken for keys. Used by one thread.
 *
 * <p>Source: ECMA-48 control sequences; xterm's keys and its mouse mode 1006.
 */
public final class KeyDecoder {
    private static final int LONGEST = 64;
    private static final int ESCAPE = 0x1b;

    private final byte[] held = new byte[LONGEST];
    private int length;

    /** Takes bytes and returns the keys that they complete. */
    public List<Key> feed(byte[] bytes, int count) {
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (length == LONGEST) {
                length = 0; // No sequence is that long: it is rubbish.
            }
            held[length++] = bytes[i];
            decode(keys);
        }
        return keys;
    }

    /** Returns whether something waits for its rest: a lone escape may be a key or a beginning. */
    public boolean isWaiting() {
        return length > 0;
    }

    /** Says that nothing more comes: a lone escape was the key. */
    public Optional<Key> settle() {
        boolean escape = length == 1 && held[0] == ESCAPE;
        length = 0;
        return escape ? Optional.of(new Key.Named(Key.Name.ESCAPE)) : Optional.empty();
    }

    private void decode(List<Key> keys) {
        int first = held[0] & 0xff;
        if (first != ESCAPE) {
            character(first, keys);
            return;
        }
        if (length == 1) {
            return;
        }
        int second = held[1] & 0xff;
        int last = held[length - 1] & 0xff;
        if (second == ESCAPE) {
            keys.add(new Key.Named(Key.Name.ESCAPE));
            length = 1; // The second one begins anew.
            return;
        }
        if (second == '[') {
            if (length >= 3 && held[2] == 'M') {
                if (length == 6) {
                    length = 0; // The mouse's old form, which was not asked for.
                }
                return;
            }
            if (length >= 3 && last >= 0x40 && last <= 0x7e) {
                sequence(keys);
                length = 0;
            } else if (length >= 3 && (last < 0x20 || last > 0x7e)) {
                length = 0;
            }
            return;
        }
        if (second == 'O') {
            if (length == 3) {
                named(ofLetter(last), keys);
                length = 0;
            }
            return;
        }
        // Escape and then a key, typed fast. (Alt and a key looks the same, and is not used here.)
        keys.add(new Key.Named(Key.Name.ESCAPE));
        held[0] = (byte) second;
        length = 1;
        decode(keys);
    }

    private void character(int first, List<Key> keys) {
        int wanted =
                first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0;
        if (wanted == 0) {
            length = 0;
            return;
        }
        if (length < wanted) {
            int last = held[length - 1] & 0xff;
            if (length > 1 && (last & 0xc0) != 0x80) {
                held[0] = (byte) last; // The sequence was broken off; this byte begins anew.
                length = 1;
                decode(keys);
            }
            return;
        }
        length = 0;
        if (wanted == 1) {
            control(first, keys);
            return;
        }
        int c = first & (wanted == 2 ? 0x1f : wanted == 3 ? 0x0f : 0x07);
        for (int i = 1; i < wanted; i++) {
            if ((held[i] & 0xc0) != 0x80) {
                return;
            }
            c = (c << 6) | (held[i] & 0x3f);
        }
        if (Character.isValidCodePoint(c) && Character.getType(c) != Character.SURROGATE) {
            keys.add(new Key.Char(c));
        }
    }

    private static void control(int c, List<Key> keys) {
        switch (c) {
            case '\r', '\n' -> keys.add(new Key.Named(Key.Name.ENTER));
            case '\t' -> keys.add(new Key.Named(Key.Name.TAB));
            case 0x7f, 0x08 -> keys.add(new Key.Named(Key.Name.BACKSPACE));
            case 0x03 -> keys.add(new Key.Named(Key.Name.INTERRUPT));
            case 0x1a -> keys.add(new Key.Named(Key.Name.SUSPEND));
            case 0x0c -> keys.add(new Key.Named(Key.Name.REDRAW));
            default -> {
                if (c >= 0x20) {
                    keys.add(new Key.Char(c));
                }
            }
        }
    }

    /** A whole control sequence, ESC [ … final byte. */
    private void sequence(List<Key> keys) {
        int last = held[length - 1] & 0xff;
        if (held[2] == '<') {
            mouse(last, keys);
            return;
        }
        if (last == '~') {
            named(ofNumber(number(2)), keys);
        } else if (last == 'Z') {
            named(Optional.of(Key.Name.BACK_TAB), keys);
        } else {
            named(ofLetter(last), keys);
        }
    }

    private int number(int from) {
        int n = 0;
        for (int i = from; i < length && held[i] >= '0' && held[i] <= '9'; i++) {
            n = Math.min(99_999, n * 10 + held[i] - '0');
        }
        return n;
    }

    private void mouse(int last, List<Key> keys) {
        int[] numbers = new int[3];
        int at = 0;
        for (int i = 3; i < length - 1; i++) {
            if (held[i] == ';') {
                at++;
                if (at > 2) {
                    return;
                }
            } else if (held[i] >= '0' && held[i] <= '9') {
                numbers[at] = Math.min(99_999, numbers[at] * 10 + held[i] - '0');
            } else {
                return;
            }
        }
        if (at != 2 || numbers[1] < 1 || numbers[2] < 1 || last != 'M') {
            return;
        }
        int button = numbers[0] & ~0x1c; // Without shift, alt and control.
        Key.Action action =
                switch (button) {
                    case 0 -> Key.Action.PRESS;
                    case 64 -> Key.Action.WHEEL_UP;
                    case 65 -> Key.Action.WHEEL_DOWN;
                    default -> null;
                };
        if (action != null) {
            keys.add(new Key.Mouse(action, numbers[1] - 1, numbers[2] - 1));
        }
    }

    private static void named(Optional<Key.Name> name, List<Key> keys) {
        name.ifPresent(n -> keys.add(new Key.Named(n)));
    }

    private static Optional<Key.Name> ofLetter(int letter) {
        return Optional.ofNullable(
                switch (letter) {
                    case 'A' -> Key.Name.UP;
                    case 'B' -> Key.Name.DOWN;
                    case 'C' -> Key.Name.RIGHT;
                    case 'D' -> Key.Name.LEFT;
                    case 'H' -> Key.Name.HOME;
                    case 'F' -> Key.Name.END;
                    case 'M' -> Key.Name.ENTER;
                    default -> null;
                });
    }

    private static Optional<Key.Name> ofNumber(int number) {
        return Optional.ofNullable(
                switch (number) {
                    case 1, 7 -> Key.Name.HOME;
                    case 4, 8 -> Key.Name.END;
                    case 3 -> Key.Name.DELETE;
                    case 5 -> Key.Name.PAGE_UP;
                    case 6 -> Key.Name.PAGE_DOWN;
                    default -> null;
                });
    }
}
