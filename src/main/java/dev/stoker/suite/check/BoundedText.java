package dev.stoker.suite.check;

/**
 * A text that can be looked at only so often: an expression that backtracks without end on a
 * model's answer comes to one here. Used by one thread.
 */
final class BoundedText implements CharSequence {
    private static final long MOST_LOOKS = 20_000_000;

    private final String text;
    private long looks;

    BoundedText(String text) {
        this.text = text;
    }

    /** The text was looked at too often. */
    static final class TooLong extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public char charAt(int index) {
        if (++looks > MOST_LOOKS) {
            throw new TooLong();
        }
        return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.substring(start, end);
    }

    @Override
    public String toString() {
        return text;
    }
}
