package dev.stoker.plan;

/** Whether a model fits. */
public enum Fit {
    /** All of it lies where it is fastest: on GPUs, or on the host where there are none. */
    FULL("full"),
    /** It runs, but part of it lies on the host. */
    PARTIAL("partial"),
    /** There is not enough memory. */
    NO("no");

    private final String word;

    Fit(String word) {
        this.word = word;
    }

    /** Returns the word in JSON. */
    public String word() {
        return word;
    }
}
