package dev.stoker.report.draw;

import dev.stoker.base.Text;

/**
 * Builds a piece of HTML. What is not a literal of the program goes through {@link #text}: names,
 * reasons and errors come from servers, and one of them may be hostile. Used by one thread.
 */
public final class Html {
    private static final int LONGEST = 600;

    private final StringBuilder out = new StringBuilder();

    /** Adds markup that was written by the program itself. */
    public Html raw(String markup) {
        out.append(markup);
        return this;
    }

    /** Adds text from anywhere. */
    public Html text(String text) {
        out.append(escape(text));
        return this;
    }

    /** Adds an element that holds text alone; the start may carry attributes: {@code p class=x}. */
    public Html element(String start, String text) {
        int end = start.indexOf(' ');
        String name = end < 0 ? start : start.substring(0, end);
        out.append('<').append(start).append('>').append(escape(text));
        out.append("</").append(name).append('>');
        return this;
    }

    /** Returns text fit for an element and for a quoted attribute: one line, nothing hidden. */
    public static String escape(String text) {
        String plain = Text.plain(text, LONGEST);
        StringBuilder safe = new StringBuilder(plain.length() + 16);
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.append(c);
            }
        }
        return safe.toString();
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
