package dev.stoker.suite.check;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a Python function without running it: whether brackets and quotes close, the head has the
 * right number of parameters, and a body follows that gives something back. It can not say that the
 * function is right. Pure.
 */
final class PythonText {
    private PythonText() {}

    /** Returns what is wrong; empty if nothing can be seen to be. */
    static Optional<String> fault(String code, String function, int parameters) {
        StringBuilder bare = new StringBuilder();
        Optional<String> open = withoutTexts(code, bare);
        if (open.isPresent()) {
            return open;
        }
        Optional<String> brackets = brackets(bare);
        if (brackets.isPresent()) {
            return brackets;
        }
        Matcher head =
                Pattern.compile(
                                "(?m)^([ \\t]*)(?:async[ \\t]+)?def\\s+"
                                        + Pattern.quote(function)
                                        + "\\s*\\(([^)]*)\\)[^:\\n]*:(.*)")
                        .matcher(bare);
        if (!head.find()) {
            return Optional.of("the function's head can not be read");
        }
        int has = parameters(head.group(2));
        if (has != parameters) {
            return Optional.of(function + " has " + has + " parameters");
        }
        String rest = bare.substring(head.end());
        String body = head.group(3).isBlank() ? body(rest, head.group(1).length()) : head.group(3);
        if (body.isBlank()) {
            return Optional.of(function + " has no body");
        }
        return Pattern.compile("\\b(?:return|yield|raise)\\b").matcher(body).find()
                ? Optional.empty()
                : Optional.of(function + " gives nothing back");
    }

    private static int parameters(String list) {
        int n = 0;
        int depth = 0;
        boolean some = false;
        for (int i = 0; i < list.length(); i++) {
            char c = list.charAt(i);
            depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
            if (c == ',' && depth == 0) {
                n += some ? 1 : 0;
                some = false;
            } else if (!Character.isWhitespace(c) && c != '/' && c != '*') {
                some = true;
            }
        }
        return n + (some ? 1 : 0);
    }

    private static String body(String rest, int indent) {
        StringBuilder body = new StringBuilder();
        for (String line : rest.lines().toList()) {
            if (line.isBlank()) {
                continue;
            }
            int own = line.length() - line.stripLeading().length();
            if (own <= indent) {
                break;
            }
            body.append(line).append('\n');
        }
        return body.toString();
    }

    private static Optional<String> brackets(CharSequence code) {
        Deque<Character> open = new ArrayDeque<>();
        for (int i = 0; i < code.length(); i++) {
            char c = code.charAt(i);
            switch (c) {
                case '(' -> open.push(')');
                case '[' -> open.push(']');
                case '{' -> open.push('}');
                case ')', ']', '}' -> {
                    if (open.isEmpty() || open.pop() != c) {
                        return Optional.of("a '" + c + "' that closes nothing");
                    }
                }
                default -> {}
            }
        }
        return open.isEmpty()
                ? Optional.empty()
                : Optional.of("a bracket is not closed: '" + open.peek() + "' is missing");
    }

    /** Copies the code with its comments and the inside of its texts left out. */
    private static Optional<String> withoutTexts(String code, StringBuilder bare) {
        for (int i = 0; i < code.length(); i++) {
            char c = code.charAt(i);
            if (c == '#') {
                while (i + 1 < code.length() && code.charAt(i + 1) != '\n') {
                    i++;
                }
            } else if (c == '"' || c == '\'') {
                String one = String.valueOf(c);
                boolean three = code.startsWith(one.repeat(3), i);
                String quote = three ? one.repeat(3) : one;
                int end = end(code, i + quote.length(), quote);
                if (end < 0) {
                    return Optional.of("a text is not closed: " + quote + " is missing");
                }
                bare.append("''");
                i = end + quote.length() - 1;
            } else {
                bare.append(c);
            }
        }
        return Optional.empty();
    }

    private static int end(String code, int from, String quote) {
        for (int i = from; i < code.length(); i++) {
            if (code.charAt(i) == '\\') {
                i++;
            } else if (code.startsWith(quote, i)) {
                return i;
            } else if (code.charAt(i) == '\n' && quote.length() == 1) {
                return -1;
            }
        }
        return -1;
    }
}
