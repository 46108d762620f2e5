package dev.stoker.plan.speed;

import dev.stoker.base.Decimal;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a machine or its power costs.
 *
 * @param amount in one currency, whichever
 * @param per of what
 * @param currency the sign or letters that the user wrote; may be empty
 */
public record Price(double amount, Per per, String currency) {
    /** Hours of a month: 365 days over twelve. */
    public static final double HOURS_A_MONTH = 730;

    private static final Pattern FORM =
            Pattern.compile(
                    "([$€£¥]|[A-Za-z]{3})?\\s*([0-9]{1,9}(?:\\.[0-9]{1,9})?)\\s*([$€£¥]|[A-Za-z]{3})?"
                        + "\\s*/\\s*([A-Za-z]+)");

    /** What a price is paid for. */
    public enum Per {
        MONTH,
        DAY,
        HOUR,
        YEAR,
        KILOWATT_HOUR
    }

    /**
     * Reads a price as a person writes it: {@code 725/month}, {@code $1.21/hour}, {@code 0.32/kWh}.
     *
     * @throws UserError for a text that is none
     */
    public static Price parse(String text) {
        Matcher m = FORM.matcher(text.strip());
        if (!m.matches() || (m.group(1) != null && m.group(3) != null)) {
            throw wrong(text);
        }
        Per per =
                switch (m.group(4).toLowerCase(Locale.ROOT)) {
                    case "month", "mo", "m" -> Per.MONTH;
                    case "day", "d" -> Per.DAY;
                    case "hour", "h", "hr" -> Per.HOUR;
                    case "year", "y", "yr" -> Per.YEAR;
                    case "kwh" -> Per.KILOWATT_HOUR;
                    default -> throw wrong(text);
                };
        String currency = m.group(1) != null ? m.group(1) : m.group(3) != null ? m.group(3) : "";
        return new Price(Double.parseDouble(m.group(2)), per, currency);
    }

    private static UserError wrong(String text) {
        return UserError.wrongUse(
                "Expected a price such as 725/month, 1.21/hour or 0.32/kWh, but got '"
                        + Text.plain(text, 60)
                        + "'.",
                "Write an amount, a slash and hour, day, month, year or kWh; a currency may stand"
                        + " before it.");
    }

    /**
     * Returns what an hour costs.
     *
     * @param watts drawn all the time; only a price of power needs it
     */
    public double hourly(double watts) {
        return switch (per) {
            case HOUR -> amount;
            case DAY -> amount / 24;
            case MONTH -> amount / HOURS_A_MONTH;
            case YEAR -> amount / (12 * HOURS_A_MONTH);
            case KILOWATT_HOUR -> amount * watts / 1000;
        };
    }

    /** Returns an amount with the currency, with as many digits as it needs. */
    public String shown(double value) {
        String number = Decimal.of(value, value < 1 ? 3 : value < 1000 ? 2 : 0);
        return currency.length() == 3 ? number + " " + currency : currency + number;
    }
}
