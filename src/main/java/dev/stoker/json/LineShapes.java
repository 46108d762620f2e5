package dev.stoker.json;

/**
 * The commonest lines of many streams of one kind: those streams differ in their names and texts,
 * not in their form, so one stream learns for all. That keeps what a token touches small: a copy
 * for each stream would have to be fetched from memory for each token.
 *
 * <p>At most {@value #MOST} shapes are kept; where lines keep not fitting, only every 64th of them
 * is learned, so that streams without a common form cost no more than reading them. Thread-safe.
 */
public final class LineShapes {
    /** How many tags there are. */
    public static final int TAGS = 4;

    private static final int MOST = 4;
    private static final int MISSES_A_LESSON = 64;
    private static final LineShape[] NONE = {};

    private volatile LineShape[] known = NONE;

    /** Only a hint, so it doesn't matter if two threads count one miss. */
    private int misses;

    private int next;

    /**
     * Looks for the line's shape.
     *
     * @return the length of the text that counts, in characters of Java, times {@value #TAGS}, plus
     *     the tag that was given at learning; −1 if no shape fits
     */
    public int match(byte[] bytes, int offset, int length) {
        for (LineShape shape : known) {
            int chars = shape.textChars(bytes, offset, length);
            if (chars >= 0) {
                return chars * TAGS + shape.tag();
            }
        }
        return -1;
    }

    /**
     * Learns a line that the scan has just read to its end.
     *
     * @param textFrom where the text that counts begins, at its quote
     * @param textTo where it ends, behind the other quote
     * @param tag what else the reading came to, from 0 and below {@value #TAGS}
     */
    public void learn(
            JsonScan scan,
            byte[] bytes,
            int offset,
            int length,
            int textFrom,
            int textTo,
            int tag) {
        int miss = misses++;
        if (scan.idleCount() >= 0 && (known.length < MOST || miss % MISSES_A_LESSON == 0)) {
            learn(
                    LineShape.of(
                            bytes,
                            offset,
                            length,
                            scan.idle(),
                            scan.idleCount(),
                            textFrom,
                            textTo,
                            tag));
        }
    }

    private synchronized void learn(LineShape shape) {
        LineShape[] before = known;
        LineShape[] after = new LineShape[Math.min(MOST, before.length + 1)];
        System.arraycopy(before, 0, after, 0, before.length);
        after[before.length < MOST ? before.length : next++ % MOST] = shape;
        known = after;
    }
}
