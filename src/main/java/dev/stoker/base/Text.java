package dev.stoker.base;

/**
 * Makes text from outside (a server's answer, a model's name, a file) fit to be printed: a hostile
 * name must not move the cursor, colour the screen or fill a terminal.
 */
public final class Text {
    private static final int LONGEST = 500;

    private Text() {}

    /** Returns the text in one line, without control characters, cut to 500 characters. */
    public static String plain(String text) {
        return plain(text, LONGEST);
    }

    /** Returns the text in one line, without control characters, cut to so many characters. */
    public static String plain(String text, int longest) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), longest));
        boolean space = false;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (Character.isWhitespace(c)) {
                space = !out.isEmpty();
                continue;
            }
            int type = Character.getType(c);
            if (type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.SURROGATE
                    || type == Character.UNASSIGNED) {
                continue;
            }
            if (out.length() >= longest) {
                return out.append('…').toString();
            }
            if (space) {
                out.append(' ');
                space = false;
            }
            out.appendCodePoint(c);
        }
        return out.toString();
    }
}
