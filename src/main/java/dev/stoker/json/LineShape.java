package dev.stoker.json;

import java.util.Arrays;

/**
 * A JSON line that was read once, with gaps where values stood that say nothing: a line that is the
 * same but for what is in the gaps has the same reading. One gap holds the text that counts. What
 * stands between the gaps is compared by whole machine words, which is several times faster than
 * walking through it; what stands in them is still checked, so that a line which is no JSON never
 * fits. Immutable.
 */
final class LineShape {
    /** How many digits a number in a gap may have: what every parser takes. */
    private static final int MOST_DIGITS = 18;

    private enum Gap {
        /** The text that counts. */
        COUNTED,
        TEXT,
        NUMBER
    }

    private final byte[] line;

    /** Where the gaps begin and end in the line, in turn; the last entry is the line's length. */
    private final int[] bounds;

    private final Gap[] gaps;
    private final int tag;

    private LineShape(byte[] line, int[] bounds, Gap[] gaps, int tag) {
        this.line = line;
        this.bounds = bounds;
        this.gaps = gaps;
        this.tag = tag;
    }

    /**
     * @param bytes a line that was read in full
     * @param idle begin and end of values that say nothing, in turn and in order
     * @param idleCount how many entries of {@code idle} there are
     * @param textFrom where the text that counts begins, at its quote
     * @param textTo where it ends
     */
    static LineShape of(
            byte[] bytes,
            int offset,
            int length,
            int[] idle,
            int idleCount,
            int textFrom,
            int textTo,
            int tag) {
        int[] bounds = new int[idleCount + 3];
        Gap[] gaps = new Gap[idleCount / 2 + 1];
        int n = 0;
        boolean counted = false;
        for (int i = 0; i <= idleCount; i += 2) {
            if (!counted && (i == idleCount || idle[i] > textFrom)) {
                counted = true;
                gaps[n / 2] = Gap.COUNTED;
                bounds[n++] = textFrom - offset;
                bounds[n++] = textTo - offset;
            }
            if (i < idleCount && (bytes[idle[i]] == '"' || isPlain(bytes, idle[i], idle[i + 1]))) {
                gaps[n / 2] = bytes[idle[i]] == '"' ? Gap.TEXT : Gap.NUMBER;
                bounds[n++] = idle[i] - offset;
                bounds[n++] = idle[i + 1] - offset;
            }
        }
        bounds[n++] = length;
        return new LineShape(
                Arrays.copyOfRange(bytes, offset, offset + length),
                Arrays.copyOf(bounds, n),
                Arrays.copyOf(gaps, n / 2),
                tag);
    }

    private static boolean isPlain(byte[] b, int from, int to) {
        return number(b, from, to) == to;
    }

    /**
     * Returns the length of the text that counts, in characters of Java, if the line has this
     * shape; −1 if it has not.
     */
    int textChars(byte[] b, int offset, int length) {
        int end = offset + length;
        int at = offset;
        int chars = 0;
        int from = 0;
        for (int i = 0; i < gaps.length; i++) {
            int n = bounds[2 * i] - from;
            if (n > end - at || !Arrays.equals(b, at, at + n, line, from, from + n)) {
                return -1;
            }
            at += n;
            if (gaps[i] == Gap.NUMBER) {
                at = number(b, at, end);
                if (at < 0) {
                    return -1;
                }
            } else {
                long text = JsonString.read(b, at, end);
                if (text == JsonString.NONE) {
                    return -1;
                }
                at = JsonString.to(text);
                if (gaps[i] == Gap.COUNTED) {
                    chars = JsonString.chars(text);
                }
            }
            from = bounds[2 * i + 1];
        }
        return Arrays.equals(b, at, end, line, from, line.length) ? chars : -1;
    }

    /** Returns what the reader noted when the line was learned. */
    int tag() {
        return tag;
    }

    /** Returns where a whole number ends that begins here; −1 if there is none, or a long one. */
    private static int number(byte[] b, int from, int end) {
        int first = from < end && b[from] == '-' ? from + 1 : from;
        int at = first;
        while (at < end && at - first <= MOST_DIGITS && b[at] >= '0' && b[at] <= '9') {
            at++;
        }
        int digits = at - first;
        boolean fits = digits > 0 && digits <= MOST_DIGITS && (digits == 1 || b[first] != '0');
        return fits ? at : -1;
    }
}
