package dev.stoker.memory;

/** How a figure is known, best first. */
public enum Provenance {
    /** Follows from the files and the settings, byte for byte. */
    EXACT("exact"),
    /** Measured on this machine. */
    CALIBRATED("calibrated"),
    /** From a formula that was held against real servers. */
    MODELLED("modelled"),
    /** A usual value. */
    ASSUMED("assumed");

    private final String word;

    Provenance(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }
}
