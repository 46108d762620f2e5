package dev.stoker.warm;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;

/**
 * The models of one server that shall be ready, and how they are cared for. Immutable.
 *
 * @param models the most important ones first
 * @param room whether they have room together
 * @param care what may be done for them
 * @param zone where the schedules' times hold
 */
public record WarmSet(List<Desired> models, Room room, Care care, ZoneId zone) {

    /**
     * What may be done for a set.
     *
     * @param loads whether anything may be loaded, and times to live be changed
     * @param evenBusy whether to load also while the server works on requests
     * @param reloads whether a model that is slow, or loaded with other options, may be loaded anew
     */
    public record Care(boolean loads, boolean evenBusy, boolean reloads) {
        /** Only look and measure. */
        public static final Care CHECK = new Care(false, false, false);

        /** All that is usual. */
        public static final Care KEEP = new Care(true, false, true);
    }

    /** So often may others take a model away before it is called a quarrel. */
    static final int QUARREL = 3;

    static final Duration QUARREL_WINDOW = Duration.ofMinutes(10);
    static final Duration CALM = Duration.ofHours(1);
    static final Duration FIRST_PAUSE = Duration.ofSeconds(30);
    static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    public WarmSet {
        models =
                models.stream()
                        .sorted(Comparator.comparingInt(Desired::priority).reversed())
                        .toList();
    }

    /** Returns how long to wait after so many failures in a row. */
    static Duration pause(int times) {
        return times <= 0
                ? Duration.ZERO
                : times > 8
                        ? LONGEST_PAUSE
                        : shorter(FIRST_PAUSE.multipliedBy(1L << (times - 1)), LONGEST_PAUSE);
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
