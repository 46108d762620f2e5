package dev.stoker.report.draw;

import dev.stoker.base.Text;

/**
 * Text as a field of CSV. What a spreadsheet would take for a formula gets an apostrophe in front.
 * Pure.
 */
public final class CsvField {
    private CsvField() {}

    public static String of(String text) {
        String plain = Text.plain(text);
        String safe = plain.matches("[=+@-].*") ? "'" + plain : plain;
        return safe.matches("[^\",]*") ? safe : "\"" + safe.replace("\"", "\"\"") + "\"";
    }
}
