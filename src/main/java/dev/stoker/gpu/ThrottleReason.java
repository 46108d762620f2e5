package dev.stoker.gpu;

/**
 * Why a GPU's clock is lower than it could be.
 *
 * <p>Source: NVML, clock event reasons.
 */
public enum ThrottleReason {
    IDLE(Effect.NORMAL, "idle", "idle", "nothing to do, so the clocks are low"),
    APPLICATION_CLOCKS(
            Effect.CHOSEN, "app_clocks", "app clocks", "held at the clocks that somebody has set"),
    POWER_CAP(Effect.LIMITED, "sw_power_cap", "power cap", "slowed to stay below its power limit"),
    HARDWARE_SLOWDOWN(
            Effect.HARMFUL,
            "hw_slowdown",
            "HW slowdown",
            "slowed by the hardware: too hot, or too little power arrives"),
    SYNC_BOOST(
            Effect.CHOSEN,
            "sync_boost",
            "sync boost",
            "held at the clock of the slowest GPU of its group"),
    SOFTWARE_THERMAL(
            Effect.HARMFUL,
            "sw_thermal_slowdown",
            "thermal",
            "slowed by the driver: it is too hot"),
    HARDWARE_THERMAL(
            Effect.HARMFUL,
            "hw_thermal_slowdown",
            "HW thermal",
            "slowed to half or less by the hardware: it is too hot"),
    POWER_BRAKE(
            Effect.HARMFUL,
            "hw_power_brake",
            "power brake",
            "slowed to half or less by the power supply's brake signal"),
    DISPLAY_CLOCKS(
            Effect.CHOSEN, "display_clocks", "display clocks", "held at the clocks of its display"),
    /** A reason that this program does not know: newer drivers may have more. */
    OTHER(Effect.LIMITED, "other", "other", "slowed for a reason that the driver does not name");

    /** What a reason means for the work on the GPU. */
    public enum Effect {
        /** It costs nothing. */
        NORMAL,
        /** Somebody has set it so. */
        CHOSEN,
        /** The GPU gives what its limits allow. */
        LIMITED,
        /** The GPU gives much less than it could; somebody should look. */
        HARMFUL
    }

    private final Effect effect;
    private final String code;
    private final String word;
    private final String sentence;

    ThrottleReason(Effect effect, String code, String word, String sentence) {
        this.effect = effect;
        this.code = code;
        this.word = word;
        this.sentence = sentence;
    }

    public Effect effect() {
        return effect;
    }

    /** Returns whether work takes longer because of it. */
    public boolean slowsDown() {
        return effect == Effect.LIMITED || effect == Effect.HARMFUL;
    }

    /** Returns the stable name for JSON and labels. */
    public String code() {
        return code;
    }

    /** Returns one or two words for a narrow screen. */
    public String word() {
        return word;
    }

    /** Returns what it says about the GPU, without a subject. */
    public String sentence() {
        return sentence;
    }
}
