package dev.stoker.cli;

import dev.stoker.base.Text;
import dev.stoker.base.UserError;

/** The share of change that counts, as a person writes it. Pure. */
final class Threshold {
    static final String DEFAULT = "5%";

    private Threshold() {}

    /**
     * Reads {@code 5%} or {@code 5} as 0.05.
     *
     * @throws UserError if it is no percentage from 0 to below 100
     */
    static double parse(String text) {
        String digits = text.strip();
        digits = digits.endsWith("%") ? digits.substring(0, digits.length() - 1).strip() : digits;
        try {
            double percent = Double.parseDouble(digits);
            if (percent >= 0 && percent < 100) {
                return percent / 100;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw UserError.wrongUse(
                "--threshold is a percentage from 0 to below 100, not '"
                        + Text.plain(text, 50)
                        + "'.",
                "Write it as --threshold 5%.");
    }
}
