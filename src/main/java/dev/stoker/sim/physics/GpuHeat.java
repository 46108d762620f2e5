package dev.stoker.sim.physics;

/**
 * Power, temperature and load of one GPU as time passes. Between two changes its load is constant,
 * and then its temperature and its shown utilisation go to their values like a cooling body does,
 * which is worked out exactly: it does not matter how often somebody asks. Not safe for several
 * threads: the engine's lock guards it.
 */
public final class GpuHeat {
    /** A cooler of a board takes about this long to two thirds of a change. */
    private static final double COOLER_SECONDS = 40;

    /** Drivers show the utilisation of the last second or so. */
    private static final double METER_SECONDS = 0.4;

    private final Box.Chip chip;
    private double celsius;
    private double shown;
    private double joules;
    private double load;
    private long last;

    /**
     * @param now nanoseconds of the box's clock
     */
    public GpuHeat(Box.Chip chip, long now) {
        this.chip = chip;
        this.celsius = chip.idleCelsius();
        this.last = now;
    }

    /**
     * What the sensors tell.
     *
     * @param utilisation share of the last moment, 0 to 1
     * @param watts drawn now
     * @param celsius temperature now
     * @param joules drawn since the start
     */
    public record State(double utilisation, double watts, double celsius, double joules) {}

    /** Lets time pass with the load as it was, and sets the load from now on, 0 to 1. */
    public void set(double newLoad, long now) {
        advance(now);
        load = Math.clamp(newLoad, 0, 1);
    }

    public State state(long now) {
        advance(now);
        return new State(shown, watts(), celsius, joules);
    }

    private double watts() {
        return chip.idleWatts() + (chip.limitWatts() - chip.idleWatts()) * 0.9 * shown;
    }

    private void advance(long now) {
        double seconds = (now - last) / 1e9;
        if (seconds <= 0) {
            return;
        }
        last = now;
        double before = watts();
        shown = towards(shown, load, seconds / METER_SECONDS);
        shown = shown < 1e-3 ? 0 : shown;
        double steady = chip.idleCelsius() + (chip.fullCelsius() - chip.idleCelsius()) * load;
        celsius = towards(celsius, steady, seconds / COOLER_SECONDS);
        double after = watts();
        // The meter settles much faster than anybody asks, so most of the span is at its end value.
        double settling = Math.min(seconds, METER_SECONDS);
        joules += settling * (before + after) / 2 + (seconds - settling) * after;
    }

    private static double towards(double from, double to, double times) {
        return to + (from - to) * Math.exp(-times);
    }
}
