package dev.stoker.suite.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Code in an answer.
 *
 * @param language as the fence names it, in small letters; may be empty
 * @param text what stands inside
 */
record CodeBlock(String language, String text) {
    private static final Pattern FENCE =
            Pattern.compile("(?s)(?:```|~~~)[ \\t]*([\\w+#-]*)[^\\n]*\\n(.*?)(?:```|~~~|\\z)");

    /** Returns what stands in fences, in order; the last one may lack its end. */
    static List<CodeBlock> fenced(String answer) {
        List<CodeBlock> blocks = new ArrayList<>();
        Matcher m = FENCE.matcher(answer);
        while (m.find()) {
            blocks.add(new CodeBlock(m.group(1).toLowerCase(Locale.ROOT), m.group(2)));
        }
        return blocks;
    }

    /**
     * Returns the Python that defines a function: the last fence that does, else the text from the
     * first line that looks like a program.
     */
    static Optional<String> defining(String function, String answer) {
        Pattern head = Pattern.compile("(?m)^[ \\t]*def\\s+" + Pattern.quote(function) + "\\s*\\(");
        Optional<String> fenced =
                fenced(answer).stream()
                        .map(CodeBlock::text)
                        .filter(t -> head.matcher(t).find())
                        .reduce((a, b) -> b);
        if (fenced.isPresent()) {
            return fenced;
        }
        Matcher m = head.matcher(answer);
        if (!m.find()) {
            return Optional.empty();
        }
        Matcher first = Pattern.compile("(?m)^(?:import|from|def|class|@)\\b?").matcher(answer);
        int start = first.find() ? Math.min(first.start(), m.start()) : m.start();
        return Optional.of(answer.substring(start));
    }
}
