package dev.stoker.load;

import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.trace.RequestTrace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What users are promised, such as {@code ttft_p95=500ms}: 95 % of the requests get their first
 * token within 500 ms. For a step it is a question of shares (how many requests kept the limit), so
 * it has an answer for any number of requests; a failed request keeps no limit. For one request it
 * is the limit itself; for the gaps of one request ({@code itl_p95=50ms}) 95 % of its own gaps.
 *
 * @param figure what is limited
 * @param percent the share that has to keep the limit, 0 to 100
 * @param limitMillis the limit
 */
public record Objective(Figure figure, double percent, double limitMillis) {
    private static final Pattern FORM =
            Pattern.compile(
                    "(ttft|ttfa|itl|tpot|e2e)(?:_p([0-9]{1,2}(?:\\.[0-9]+)?))?"
                            + "\\s*(?:=|<=|<)\\s*([0-9]+(?:\\.[0-9]+)?)\\s*(ms|s)?");

    /** What can be limited, each from the intended start. */
    public enum Figure {
        TTFT,
        TTFA,
        ITL,
        TPOT,
        E2E
    }

    /**
     * Reads objectives separated by commas; without a percentile 95 % are meant, without a unit
     * milliseconds.
     *
     * @throws UserError if the text is none
     */
    public static List<Objective> parse(String text) {
        List<Objective> objectives = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher m = FORM.matcher(part.strip().toLowerCase(Locale.ROOT));
            if (!m.matches()) {
                throw UserError.wrongUse(
                        "Expected objectives such as ttft_p95=500ms,itl_p95=50ms, but got '"
                                + Text.plain(part)
                                + "'.",
                        "Limited can be ttft, ttfa, itl, tpot and e2e, at any percentile, in ms or"
                                + " s.");
            }
            double limit = Double.parseDouble(m.group(3));
            objectives.add(
                    new Objective(
                            Figure.valueOf(m.group(1).toUpperCase(Locale.ROOT)),
                            m.group(2) == null ? 95 : Double.parseDouble(m.group(2)),
                            "s".equals(m.group(4)) ? limit * 1000 : limit));
        }
        return objectives;
    }

    /** Returns whether a request that ended well kept its part of the promise. */
    boolean isMetBy(RequestTrace trace) {
        return switch (figure) {
            case TTFT -> trace.ttftMillis().orElse(Double.MAX_VALUE) <= limitMillis;
            case TTFA -> trace.ttfaMillis().orElse(Double.MAX_VALUE) <= limitMillis;
            case TPOT -> trace.timePerOutputTokenMillis().orElse(0.0) <= limitMillis;
            case E2E -> trace.e2eMillis() <= limitMillis;
            case ITL -> {
                double[] gaps = trace.gapsMillis();
                long kept = Arrays.stream(gaps).filter(g -> g <= limitMillis).count();
                yield kept >= gaps.length * percent / 100;
            }
        };
    }

    /** Returns the objective as it is written. */
    public String text() {
        return String.format(
                Locale.ROOT,
                "%s_p%s=%sms",
                figure.name().toLowerCase(Locale.ROOT),
                plain(percent),
                plain(limitMillis));
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
