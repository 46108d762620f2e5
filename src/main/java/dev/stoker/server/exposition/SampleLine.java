package dev.stoker.server.exposition;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads one line that holds a value. Pure; one instance a line.
 *
 * <p>Source: "Exposition formats" of the Prometheus documentation (text format 0.0.4, and the
 * quoted names of 1.0.0), and the OpenMetrics 1.0 text format.
 */
final class SampleLine {
    private static final int MOST_LABELS = 256;

    private final String line;
    private int at;

    private SampleLine(String line) {
        this.line = line;
    }

    /** Returns the metric's name without reading the rest; empty where the name is quoted. */
    static String name(String line) {
        int end = 0;
        while (end < line.length() && isNameCharacter(line.charAt(end))) {
            end++;
        }
        return line.substring(0, end);
    }

    /** Returns what the line says; empty where it is none. */
    static Optional<Series> read(String line) {
        return new SampleLine(line).series();
    }

    private Optional<Series> series() {
        Map<String, String> labels = new HashMap<>();
        String name = name(line);
        if (!name.isEmpty() && Character.isDigit(name.charAt(0))) {
            return Optional.empty();
        }
        at = name.length();
        skipSpace();
        if (peek() == '{') {
            Optional<String> quoted = labels(labels);
            if (quoted.isEmpty() || (!name.isEmpty() && !quoted.get().isEmpty())) {
                return Optional.empty();
            }
            name = name.isEmpty() ? quoted.get() : name;
        }
        if (name.isEmpty()) {
            return Optional.empty();
        }
        Optional<Double> value = number(word());
        if (value.isEmpty()) {
            return Optional.empty();
        }
        String time = word();
        if (time.startsWith("#")) {
            return Optional.of(new Series(name, labels, value.get(), Optional.empty()));
        }
        String rest = word();
        boolean whole = rest.isEmpty() || rest.startsWith("#");
        if (!whole || (!time.isEmpty() && number(time).isEmpty())) {
            return Optional.empty();
        }
        return Optional.of(
                new Series(
                        name,
                        labels,
                        value.get(),
                        time.isEmpty() ? Optional.empty() : Optional.of(time)));
    }

    /**
     * Reads what stands in braces; returns the metric's name if it stands there in quotes, an empty
     * text if not, and nothing where the braces are broken.
     */
    private Optional<String> labels(Map<String, String> labels) {
        String metric = "";
        at++;
        while (true) {
            skipSpace();
            if (peek() == '}') {
                at++;
                return Optional.of(metric);
            }
            boolean isQuoted = peek() == '"';
            Optional<String> name = isQuoted ? quoted() : bareName();
            if (name.isEmpty() || name.get().isEmpty()) {
                return Optional.empty();
            }
            skipSpace();
            if (peek() == '=') {
                at++;
                skipSpace();
                Optional<String> value = peek() == '"' ? quoted() : Optional.empty();
                if (value.isEmpty()
                        || labels.size() >= MOST_LABELS
                        || labels.put(name.get(), value.get()) != null) {
                    return Optional.empty();
                }
            } else if (isQuoted && metric.isEmpty() && labels.isEmpty()) {
                metric = name.get();
            } else {
                return Optional.empty();
            }
            skipSpace();
            if (peek() == ',') {
                at++;
            } else if (peek() != '}') {
                return Optional.empty();
            }
        }
    }

    private Optional<String> bareName() {
        int start = at;
        while (isNameCharacter(peek())) {
            at++;
        }
        String name = line.substring(start, at);
        return name.isEmpty() || Character.isDigit(name.charAt(0))
                ? Optional.empty()
                : Optional.of(name);
    }

    /** Reads a text in quotes; {@code \\}, {@code \"} and {@code \n} are its only escapes. */
    private Optional<String> quoted() {
        StringBuilder text = new StringBuilder();
        at++;
        while (at < line.length()) {
            char c = line.charAt(at++);
            if (c == '"') {
                return Optional.of(text.toString());
            }
            if (c != '\\') {
                text.append(c);
                continue;
            }
            char escaped = peek();
            at++;
            switch (escaped) {
                case 'n' -> text.append('\n');
                case '\\', '"' -> text.append(escaped);
                default -> {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    private String word() {
        skipSpace();
        int start = at;
        while (at < line.length() && !isSpace(line.charAt(at))) {
            at++;
        }
        return line.substring(start, at);
    }

    /**
     * Go's numbers: Java's own reader also takes a type's letter at the end, which is none here.
     */
    private static Optional<Double> number(String word) {
        switch (word) {
            case "NaN", "nan", "Nan" -> {
                return Optional.of(Double.NaN);
            }
            case "+Inf", "Inf", "inf", "+inf", "+Infinity", "Infinity" -> {
                return Optional.of(Double.POSITIVE_INFINITY);
            }
            case "-Inf", "-inf", "-Infinity" -> {
                return Optional.of(Double.NEGATIVE_INFINITY);
            }
            default -> {
                boolean plain =
                        !word.isEmpty()
                                && word.chars()
                                        .allMatch(c ->
                                                (c >= '0' && c <= '9')
                                                        || c == '.'
                                                        || c == '+'
                                                        || c == '-'
                                                        || c == 'e'
                                                        || c == 'E');
                try {
                    return plain ? Optional.of(Double.parseDouble(word)) : Optional.empty();
                } catch (NumberFormatException e) {
                    return Optional.empty();
                }
            }
        }
    }

    private void skipSpace() {
        while (at < line.length() && isSpace(line.charAt(at))) {
            at++;
        }
    }

    private char peek() {
        return at < line.length() ? line.charAt(at) : '\0';
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }

    static boolean isNameCharacter(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '_'
                || c == ':';
    }
}
