package dev.stoker.plan.device;

import java.util.Locale;
import java.util.regex.Pattern;

/** The names of GPUs, made comparable: makers, drivers and people write one name in many ways. */
final class GpuName {
    /** What drivers add: {@code AMD Radeon RX 7900 XTX (RADV NAVI31)}. */
    private static final Pattern ADDED = Pattern.compile("\\([^()]*\\)");

    private static final Pattern MAKERS =
            Pattern.compile("\\b(nvidia|geforce|amd|radeon|intel|tesla|instinct|graphics|gpu)\\b");
    private static final Pattern SEPARATORS = Pattern.compile("[\\s_-]+");

    private GpuName() {}

    /** Returns the form in which two names of one GPU are the same text. */
    static String key(String name) {
        String text = name.toLowerCase(Locale.ROOT);
        text = text.replace("(r)", " ").replace("(tm)", " ").replace('™', ' ').replace('®', ' ');
        String bare = ADDED.matcher(text).replaceAll(" ");
        text = bare.isBlank() ? text : bare;
        text = SEPARATORS.matcher(text).replaceAll(" ");
        String named = MAKERS.matcher(text).replaceAll(" ");
        return SEPARATORS.matcher(named.isBlank() ? text : named).replaceAll("");
    }

    /** Returns how many letters must change to make one key of the other (Levenshtein). */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int corner = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = corner + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                corner = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
