package dev.stoker.degrade;

import dev.stoker.stats.Interval;

import java.util.Locale;
import java.util.Optional;

/** What the measurements say about reloads. Percentages are drops: above zero is slower. */
public sealed interface Verdict {

    /** Returns the name in JSON. */
    default String code() {
        return switch (this) {
            case Healthy _ -> "healthy";
            case Degraded _ -> "degraded";
            case CannotTell _ -> "cannot_tell";
        };
    }

    /** Returns the drop, where enough was measured to tell one. */
    Optional<Drop> drop();

    /** Returns it in one sentence. */
    String sentence();

    /**
     * A drop of the decode rate.
     *
     * @param percent by which the loads after a reload are slower than the first one
     * @param ci95 the 95 % interval of that
     */
    record Drop(double percent, Interval ci95) {}

    /** Reloads cost less than matters, with the upper bound in the drop's interval. */
    record Healthy(Drop found) implements Verdict {
        @Override
        public Optional<Drop> drop() {
            return Optional.of(found);
        }

        @Override
        public String sentence() {
            return "healthy: reloads make it at most "
                    + percent(Math.max(0, found.ci95().high()))
                    + " slower";
        }
    }

    /** Reloads made it slower. */
    record Degraded(Drop found) implements Verdict {
        @Override
        public Optional<Drop> drop() {
            return Optional.of(found);
        }

        @Override
        public String sentence() {
            return "degraded by "
                    + percent(found.percent())
                    + " (95 % interval "
                    + figure(found.ci95().low())
                    + " to "
                    + percent(found.ci95().high())
                    + ")";
        }
    }

    /** It can't be said. */
    record CannotTell(String why, Optional<Drop> drop) implements Verdict {
        @Override
        public String sentence() {
            return "cannot tell: " + why;
        }
    }

    private static String percent(double value) {
        return figure(value) + " %";
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.1f" : "%.0f", value);
    }
}
