package dev.stoker.cli;

import java.util.List;

/** Lines of comma-separated values (RFC 4180), without control characters. Pure. */
final class Csv {
    private Csv() {}

    static String line(List<String> fields) {
        return String.join(",", fields.stream().map(Csv::quoted).toList());
    }

    private static String quoted(String field) {
        String safe = field.replaceAll("\\p{Cntrl}+", " ");
        return safe.matches("[^\",]*") ? safe : "\"" + safe.replace("\"", "\"\"") + "\"";
    }
}
