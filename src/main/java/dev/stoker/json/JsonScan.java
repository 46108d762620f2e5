package dev.stoker.json;

import java.nio.charset.StandardCharsets;

/**
 * Walks through one JSON text in bytes without making an object: for lines of which there are ten
 * thousands a second. It is strict: what it accepts, a parser accepts too. After the first fault
 * every question is answered with no, and {@link #isWhole} tells. Keys and values with what it does
 * not read (escapes in a key, more than 32 levels) count as faults: then use a parser.
 *
 * <p>Source: RFC 8259. One instance may be used again and again, by one thread.
 *
 * <pre>{@code
 * scan.over(bytes, offset, length);
 * for (boolean more = scan.enterObject(); more; more = scan.nextKey()) {
 *     if (scan.keyIs(CONTENT)) { chars = scan.textChars(); } else { scan.skip(); }
 * }
 * return scan.isWhole();
 * }</pre>
 */
public final class JsonScan {
    private static final int DEEPEST = 32;
    private static final int MOST_IDLE = 32;
    private static final int MOST_DIGITS = 18;

    /** What {@link #wholeNumber} returns for anything else: no number of 18 digits. */
    public static final long NO_NUMBER = Long.MIN_VALUE;

    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    private byte[] b = new byte[0];
    private int at;
    private int end;
    private int depth;
    private boolean bad;
    private int textFrom;
    private int textTo;
    private int keyFrom;
    private int keyTo;
    private final int[] idle = new int[2 * MOST_IDLE];
    private int idleCount;

    /** Begins a new text. The bytes must not change while it is read. */
    public void over(byte[] bytes, int offset, int length) {
        b = bytes;
        at = offset;
        end = offset + length;
        depth = 0;
        bad = false;
        idleCount = 0;
        blanks();
    }

    /** Returns whether the whole text was read without a fault, and nothing stands behind it. */
    public boolean isWhole() {
        blanks();
        return !bad && depth == 0 && at == end;
    }

    /** Enters an object; returns whether it has a first key, whose value comes next. */
    public boolean enterObject() {
        return open('{') && !close('}') && key();
    }

    /** Goes on after a value; returns whether there is another key, whose value comes next. */
    public boolean nextKey() {
        return !close('}') && comma() && key();
    }

    /** Enters an array; returns whether it has a first value, which comes next. */
    public boolean enterArray() {
        return open('[') && !close(']') && !bad;
    }

    /** Goes on after a value; returns whether there is another one, which comes next. */
    public boolean nextValue() {
        return !close(']') && comma() && !bad;
    }

    /** Compares the last key. */
    public boolean keyIs(byte[] name) {
        if (keyTo - keyFrom != name.length) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (b[keyFrom + i] != name[i]) {
                return false;
            }
        }
        return true;
    }

    /** Returns the first byte of the value that comes next, or 0. */
    public byte peek() {
        return bad || at >= end ? 0 : b[at];
    }

    /**
     * Reads a text and returns its length in characters of Java; −1 for any other value, which is
     * passed over.
     */
    public int textChars() {
        if (peek() != '"') {
            skip();
            return -1;
        }
        return string();
    }

    /** Returns where the last text that was read begins, at its quote. */
    public int textFrom() {
        return textFrom;
    }

    /** Returns where the last text that was read ends, behind its other quote. */
    public int textTo() {
        return textTo;
    }

    /** Reads a value and returns whether it was the word {@code null}. */
    public boolean skipNull() {
        boolean nothing = peek() == 'n';
        skip();
        return nothing;
    }

    /**
     * Reads a value and returns it if it is a whole number; {@link #NO_NUMBER} for anything that is
     * no number. Fractions and numbers of more than 18 digits count as faults.
     */
    public long wholeNumber() {
        int from = at;
        boolean isNumber = isNumber(peek());
        skip();
        if (!isNumber || bad) {
            return NO_NUMBER;
        }
        int digits = b[from] == '-' ? from + 1 : from;
        bad = at - digits > MOST_DIGITS;
        long n = 0;
        for (int i = digits; i < at && !bad; i++) {
            bad = b[i] < '0' || b[i] > '9';
            n = 10 * n + (b[i] - '0');
        }
        return bad ? NO_NUMBER : digits > from ? -n : n;
    }

    /** Reads a value and returns it if it is a number, else NaN. */
    public double number() {
        int from = at;
        boolean isNumber = isNumber(peek());
        skip();
        return isNumber && !bad
                ? Double.parseDouble(new String(b, from, at - from, StandardCharsets.US_ASCII))
                : Double.NaN;
    }

    /**
     * Reads a text of ASCII characters without escapes and returns it; any other value counts as a
     * fault.
     */
    public String asciiText() {
        if (peek() != '"') {
            bad = true;
            return "";
        }
        string();
        for (int i = textFrom + 1; i < textTo - 1 && !bad; i++) {
            bad = b[i] < ' ' || b[i] == '\\';
        }
        return bad
                ? ""
                : new String(b, textFrom + 1, textTo - textFrom - 2, StandardCharsets.US_ASCII);
    }

    private static boolean isNumber(byte first) {
        return first == '-' || (first >= '0' && first <= '9');
    }

    /** Returns begin and end of the texts and numbers that were passed over, in turn. */
    int[] idle() {
        return idle;
    }

    /** Returns how many entries {@link #idle} has; −1 if there were too many. */
    int idleCount() {
        return idleCount;
    }

    /** Passes over a value of any kind. */
    public void skip() {
        int from = at;
        byte first = peek();
        value(first);
        boolean scalar = first == '"' || isNumber(first);
        if (scalar && idleCount >= 0) {
            if (idleCount == idle.length) {
                idleCount = -1;
            } else {
                idle[idleCount++] = from;
                idle[idleCount++] = at;
            }
        }
    }

    private void value(byte first) {
        switch (first) {
            case '{' -> {
                for (boolean more = enterObject(); more; more = nextKey()) {
                    skip();
                }
            }
            case '[' -> {
                for (boolean more = enterArray(); more; more = nextValue()) {
                    skip();
                }
            }
            case '"' -> string();
            case 't' -> word(TRUE);
            case 'f' -> word(FALSE);
            case 'n' -> word(NULL);
            default -> passNumber();
        }
    }

    private boolean open(char bracket) {
        if (peek() != bracket || depth == DEEPEST) {
            bad = true;
            return false;
        }
        at++;
        depth++;
        blanks();
        return true;
    }

    private boolean close(char bracket) {
        blanks();
        if (bad || peek() != bracket) {
            return false;
        }
        at++;
        depth--;
        return true;
    }

    private boolean comma() {
        if (peek() != ',') {
            bad = true;
            return false;
        }
        at++;
        blanks();
        return true;
    }

    private boolean key() {
        if (peek() != '"') {
            bad = true;
            return false;
        }
        int i = at + 1;
        keyFrom = i;
        while (i < end && b[i] != '"') {
            if (b[i] == '\\' || b[i] < ' ') {
                bad = true;
                return false;
            }
            i++;
        }
        keyTo = i;
        at = i + 1;
        blanks();
        if (peek() != ':') {
            bad = true;
            return false;
        }
        at++;
        blanks();
        return true;
    }

    private void blanks() {
        while (at < end && (b[at] == ' ' || b[at] == '\n' || b[at] == '\r' || b[at] == '\t')) {
            at++;
        }
    }

    private void word(byte[] letters) {
        for (byte letter : letters) {
            if (at >= end || b[at] != letter) {
                bad = true;
                return;
            }
            at++;
        }
    }

    private void passNumber() {
        if (peek() == '-') {
            at++;
        }
        if (peek() == '0') {
            at++;
        } else {
            digits();
        }
        if (peek() == '.') {
            at++;
            digits();
        }
        if (peek() == 'e' || peek() == 'E') {
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            digits();
        }
    }

    private void digits() {
        int first = at;
        while (at < end && b[at] >= '0' && b[at] <= '9') {
            at++;
        }
        bad |= at == first;
    }

    /** Reads a text whose first quote comes next; returns its length, or −1. */
    private int string() {
        long read = JsonString.read(b, at, end);
        if (read == JsonString.NONE) {
            bad = true;
            return -1;
        }
        textFrom = at;
        textTo = JsonString.to(read);
        at = textTo;
        return JsonString.chars(read);
    }
}
