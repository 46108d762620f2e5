package dev.stoker.report.load;

import dev.stoker.report.draw.Figure;

/** Phrases that the documents of load tests share. Pure. */
final class Words {
    private Words() {}

    /** Returns {@code 1 request}, {@code 12 345 requests}. */
    static String count(long n, String noun) {
        return Figure.count(n) + " " + noun + (n == 1 ? "" : "s");
    }
}
