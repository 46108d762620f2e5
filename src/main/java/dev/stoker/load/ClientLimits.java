package dev.stoker.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * When the load tester may have bent its own figures. Lateness counts against the size of the
 * figure that it could bend: a stamp 4 ms late says nothing about a first token after 300 ms, and
 * much about gaps of 10 ms. What is below both limits of a kind is left unsaid. Pure.
 *
 * <p>Limits: the loop at work for more than 70 % of the time; 1 % of the reads stamped more than 2
 * ms late, and later than a tenth of the mean gap or of the mean time to the first token; 1 % of an
 * open loop's requests begun more than 5 ms late, and later than a tenth of the mean time to the
 * first token; garbage collection for more than 1 % of the time; any request held back.
 *
 * @param ttftMillis mean time to the first token, from the intended start; empty if none came
 * @param gapMillis mean gap between chunks of one answer; empty if there was none
 */
record ClientLimits(OptionalDouble ttftMillis, OptionalDouble gapMillis) {
    private static final double MOST_BUSY = 0.7;
    private static final double LATEST_STAMP_MILLIS = 2;
    private static final double LATEST_DISPATCH_MILLIS = 5;
    private static final double MOST_GC_SHARE = 0.01;
    private static final double MOST_OF_A_FIGURE = 0.1;

    /** Returns why figures may be the client's own, and which; empty if they are not. */
    List<String> reasons(
            double busyShare,
            double stampLateMillis,
            double dispatchLateMillis,
            double gcMillis,
            double wallSeconds,
            long held) {
        List<String> reasons = new ArrayList<>();
        if (busyShare > MOST_BUSY) {
            reasons.add(said("its loop was at work %.0f %% of the time", busyShare * 100));
        }
        if (stampLateMillis > LATEST_STAMP_MILLIS) {
            String late = said("1 %% of its stamps may be more than %.1f ms late", stampLateMillis);
            if (counts(stampLateMillis, gapMillis)) {
                reasons.add(late + against("gaps between chunks (ITL)", gapMillis));
            } else if (counts(stampLateMillis, ttftMillis)) {
                reasons.add(late + against("first tokens (TTFT)", ttftMillis));
            }
        }
        if (dispatchLateMillis > LATEST_DISPATCH_MILLIS && counts(dispatchLateMillis, ttftMillis)) {
            reasons.add(
                    said("1 %% of the requests began more than %.1f ms late", dispatchLateMillis)
                            + against("first tokens (TTFT)", ttftMillis));
        }
        if (gcMillis > MOST_GC_SHARE * wallSeconds * 1000) {
            reasons.add(said("garbage collection stopped it for %.0f ms", gcMillis));
        }
        if (held > 0) {
            reasons.add(
                    String.format(
                            Locale.ROOT, "%d requests waited as too many were in flight", held));
        }
        return reasons;
    }

    /** A figure that is not known can't excuse anything. */
    private static boolean counts(double late, OptionalDouble figure) {
        return late > MOST_OF_A_FIGURE * figure.orElse(0);
    }

    private static String against(String figure, OptionalDouble millis) {
        return millis.isEmpty()
                ? ""
                : said(", against " + figure + " of %.0f ms", millis.getAsDouble());
    }

    private static String said(String form, double value) {
        return String.format(Locale.ROOT, form, value);
    }
}
