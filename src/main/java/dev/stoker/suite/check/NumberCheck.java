package dev.stoker.suite.check;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The answer's number: what follows the last "Answer:", else what stands in the last box of LaTeX,
 * else the last number of all.
 *
 * @param value the right one
 * @param tolerance how far the number may be from it
 */
public record NumberCheck(double value, double tolerance) implements Check {
    static final String NAME = "number";

    /** With signs, groups of thousands by commas or thin spaces, and decimals. */
    private static final String NUMBER =
            "[-+−–]?(?:\\d{1,3}(?:[,\\u00a0\\u2009\\u202f]\\d{3})+|\\d+)(?:\\.\\d+)?(?:[eE][-+]?\\d{1,3})?";

    private static final Pattern ANY = Pattern.compile("(?<![\\w.,])" + NUMBER + "(?!\\d)");
    private static final Pattern AFTER_ANSWER =
            Pattern.compile(
                    "(?i)\\banswer\\b(?:\\s+is)?[\\s:=*_$`\\\\(\\[{]*(?:boxed\\{)?\\s*[$€£]?\\s*("
                            + NUMBER
                            + ")(?!\\d)");
    private static final Pattern BOXED =
            Pattern.compile("\\\\boxed\\s*\\{[^}0-9+−–-]{0,20}(" + NUMBER + ")");

    @Override
    public Verdict judge(Given given) {
        String expected = "the number " + shown(value);
        Optional<String> found = last(given.answer());
        if (found.isEmpty()) {
            return Verdict.failed(NAME, expected, Seen.nothing(given, "no number"));
        }
        double number = parse(found.get());
        return Math.abs(number - value) <= tolerance + Math.ulp(value)
                ? Verdict.passed(NAME, expected, "")
                : Verdict.failed(NAME, expected, found.get());
    }

    static Optional<String> last(String answer) {
        for (Pattern pattern : new Pattern[] {AFTER_ANSWER, BOXED}) {
            Optional<String> found = last(pattern, answer, 1);
            if (found.isPresent()) {
                return found;
            }
        }
        return last(ANY, answer, 0);
    }

    private static Optional<String> last(Pattern pattern, String text, int group) {
        Matcher m = pattern.matcher(text);
        Optional<String> last = Optional.empty();
        while (m.find()) {
            last = Optional.of(m.group(group));
        }
        return last;
    }

    static double parse(String number) {
        return Double.parseDouble(
                number.replaceAll("[,\\u00a0\\u2009\\u202f]", "").replaceAll("[−–]", "-"));
    }

    static String shown(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
}
