package dev.stoker.suite.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks of the answer's words and lines. Case does not count unless it is what is checked; several
 * spaces count as one.
 *
 * @param name as suites name the check
 * @param expected in words
 * @param fault says what is wrong with a text; empty for nothing
 */
public record TextCheck(String name, String expected, Function<String, Optional<String>> fault)
        implements Check {

    private static final Pattern WORD =
            Pattern.compile("[\\p{L}\\p{N}]+(?:['’.,-][\\p{L}\\p{N}]+)*");
    private static final Pattern BULLET = Pattern.compile("\\s*(?:[-*•+–]|\\d{1,3}[.)])\\s+\\S.*");

    @Override
    public Verdict judge(Given given) {
        String text = given.answer().strip();
        if (text.isEmpty()) {
            return Verdict.failed(name, expected, Seen.nothing(given, ""));
        }
        return fault.apply(text)
                .map(f -> Verdict.failed(name, expected, f))
                .orElse(Verdict.passed(name, expected, ""));
    }

    /** Every one of the texts stands in the answer. */
    public static Check contains(List<String> wanted) {
        return new TextCheck(
                "contains",
                "in the answer: " + quoted(wanted, " and "),
                text -> {
                    List<String> missing = wanted.stream().filter(w -> !isIn(w, text)).toList();
                    return missing.isEmpty()
                            ? Optional.empty()
                            : Optional.of(
                                    "without "
                                            + quoted(missing, " and ")
                                            + ": "
                                            + Seen.excerpt(text));
                });
    }

    /** At least one of the texts stands in the answer. */
    public static Check containsAny(List<String> wanted) {
        return new TextCheck(
                "contains_any",
                "in the answer: " + quoted(wanted, " or "),
                text ->
                        wanted.stream().anyMatch(w -> isIn(w, text))
                                ? Optional.empty()
                                : Optional.of(Seen.excerpt(text)));
    }

    /** None of the texts stands in the answer. */
    public static Check excludes(List<String> unwanted) {
        return new TextCheck(
                "excludes",
                "not in the answer: " + quoted(unwanted, " or "),
                text ->
                        unwanted.stream()
                                .filter(w -> isIn(w, text))
                                .findFirst()
                                .map(w -> "\"" + w + "\" in " + Seen.excerpt(text)));
    }

    /** The answer is this text and nothing else, but for quotes around it and a point behind it. */
    public static Check equalTo(String wanted) {
        return new TextCheck(
                "equals",
                "exactly \"" + wanted + "\"",
                text ->
                        bare(text).equals(bare(wanted))
                                ? Optional.empty()
                                : Optional.of(Seen.excerpt(text)));
    }

    /** The expression is found in the answer. */
    public static Check matches(Pattern wanted) {
        return new TextCheck(
                "matches",
                "a match of " + wanted.pattern(),
                text -> {
                    try {
                        return wanted.matcher(new BoundedText(text)).find()
                                ? Optional.empty()
                                : Optional.of(Seen.excerpt(text));
                    } catch (BoundedText.TooLong e) {
                        return Optional.of("the expression takes too long on this answer");
                    }
                });
    }

    /** So many words. */
    public static Check words(int least, int most) {
        return new TextCheck(
                "words",
                between(least, most, "word"),
                text -> {
                    int n = 0;
                    Matcher m = WORD.matcher(text);
                    while (m.find()) {
                        n++;
                    }
                    return isBetween(n, least, most)
                            ? Optional.empty()
                            : Optional.of(n + " words: " + Seen.excerpt(text));
                });
    }

    /** So many lines that are not empty. */
    public static Check lines(int least, int most) {
        return new TextCheck(
                "lines",
                between(least, most, "line"),
                text -> {
                    int n = (int) text.lines().filter(l -> !l.isBlank()).count();
                    return isBetween(n, least, most) ? Optional.empty() : Optional.of(n + " lines");
                });
    }

    /** So many lines that begin with a bullet or a number. */
    public static Check bullets(int least, int most) {
        return new TextCheck(
                "bullets",
                between(least, most, "bullet line"),
                text -> {
                    int n = (int) text.lines().filter(l -> BULLET.matcher(l).matches()).count();
                    return isBetween(n, least, most)
                            ? Optional.empty()
                            : Optional.of(n + " bullet lines: " + Seen.excerpt(text));
                });
    }

    public static Check startsWith(String wanted) {
        return new TextCheck(
                "starts_with",
                "a beginning with \"" + wanted + "\"",
                text ->
                        plain(text).startsWith(plain(wanted))
                                ? Optional.empty()
                                : Optional.of(Seen.excerpt(text)));
    }

    public static Check endsWith(String wanted) {
        return new TextCheck(
                "ends_with",
                "an end with \"" + wanted + "\"",
                text ->
                        plain(text).endsWith(plain(wanted)) || bare(text).endsWith(bare(wanted))
                                ? Optional.empty()
                                : Optional.of(
                                        "the end "
                                                + Seen.excerpt(
                                                        text.substring(
                                                                Math.max(0, text.length() - 80)))));
    }

    public static Check lowerCase() {
        return cased("lower_case", "no capital letter", Character::isUpperCase);
    }

    public static Check upperCase() {
        return cased("upper_case", "no small letter", Character::isLowerCase);
    }

    private static Check cased(String name, String expected, IntPredicate unwanted) {
        return new TextCheck(
                name,
                expected,
                text ->
                        text.codePoints().anyMatch(unwanted)
                                ? Optional.of(Seen.excerpt(text))
                                : Optional.empty());
    }

    /** The letter that the answer chooses: after "Answer:", else the only one that stands alone. */
    public static Check choice(String letter) {
        Pattern named =
                Pattern.compile(
                        "(?i)\\banswer\\b(?:\\s+is)?[\\s:=*_(\\[\"']*([A-Z])(?![\\p{L}\\p{N}])");
        Pattern alone =
                Pattern.compile("(?<![\\p{L}\\p{N}])\\(?([A-Z])(?:[).:]|\\b)(?![\\p{L}'’])");
        return new TextCheck(
                "choice",
                "the choice " + letter,
                text -> {
                    List<String> chosen = all(named, text);
                    if (chosen.isEmpty()) {
                        chosen =
                                text.length() <= 3
                                        ? all(alone, text.toUpperCase(Locale.ROOT))
                                        : all(alone, text);
                    }
                    boolean right = !chosen.isEmpty() && chosen.getLast().equalsIgnoreCase(letter);
                    return right ? Optional.empty() : Optional.of(Seen.excerpt(text));
                });
    }

    private static List<String> all(Pattern pattern, String text) {
        List<String> found = new ArrayList<>();
        Matcher m = pattern.matcher(text);
        while (m.find()) {
            found.add(m.group(1));
        }
        return found;
    }

    /** A word is found as a whole word: "cat" does not stand in "concatenate". */
    private static boolean isIn(String wanted, String text) {
        String w = plain(wanted);
        String t = plain(text);
        for (int at = t.indexOf(w); at >= 0; at = t.indexOf(w, at + 1)) {
            int end = at + w.length();
            boolean clearBefore =
                    at == 0
                            || !Character.isLetterOrDigit(w.codePointAt(0))
                            || !Character.isLetterOrDigit(t.codePointBefore(at));
            boolean clearAfter =
                    end == t.length()
                            || !Character.isLetterOrDigit(w.codePointBefore(w.length()))
                            || !Character.isLetterOrDigit(t.codePointAt(end));
            if (clearBefore && clearAfter) {
                return true;
            }
        }
        return false;
    }

    private static String plain(String text) {
        return text.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    }

    private static String bare(String text) {
        return plain(text).replaceAll("^[\\s\"'`*“”‘’(\\[]+|[\\s\"'`*“”‘’.!)\\]]+$", "");
    }

    private static boolean isBetween(int n, int least, int most) {
        return n >= least && n <= most;
    }

    private static String between(int least, int most, String what) {
        String many = least == most ? Integer.toString(least) : least + " to " + most;
        if (most == Integer.MAX_VALUE) {
            many = "at least " + least;
        }
        return many + " " + what + (many.equals("1") ? "" : "s");
    }

    private static String quoted(List<String> texts, String between) {
        return String.join(between, texts.stream().map(t -> "\"" + t + "\"").toList());
    }
}
