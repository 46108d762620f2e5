package dev.stoker.cli;

import dev.stoker.base.Text;
import dev.stoker.base.UserError;

/** Reads shares as people write them: {@code 10%} or {@code 0.1}. Pure. */
final class Shares {
    private Shares() {}

    /**
     * Returns the share, 0 to 1.
     *
     * @throws UserError if the text is none
     */
    static double read(String option, String text) {
        String bare = text.strip();
        boolean percent = bare.endsWith("%");
        try {
            double value =
                    Double.parseDouble(
                                    percent ? bare.substring(0, bare.length() - 1).strip() : bare)
                            / (percent ? 100 : 1);
            if (value >= 0 && value <= 1) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below, as any other text that is no share.
        }
        throw UserError.wrongUse(
                "Expected a share such as 0.1 or 10% for "
                        + option
                        + ", but got '"
                        + Text.plain(text)
                        + "'.",
                "");
    }
}
