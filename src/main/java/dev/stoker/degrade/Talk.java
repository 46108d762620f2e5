package dev.stoker.degrade;

/** Hears what a run is doing, and gives the answers that only a person can. One thread. */
public interface Talk {

    /** A step begins. */
    void step(String text);

    /** A measurement was made. */
    void measured(Measured measured);

    /** Something that should be known. */
    void remark(String sentence);

    /**
     * Asks whether a remedy may be applied.
     *
     * @param means how it would be done
     */
    boolean mayApply(Remedy remedy, String means);

    /** Returns one that says nothing and agrees to every remedy or to none. */
    static Talk silent(boolean agree) {
        return new Talk() {
            @Override
            public void step(String text) {}

            @Override
            public void measured(Measured measured) {}

            @Override
            public void remark(String sentence) {}

            @Override
            public boolean mayApply(Remedy remedy, String means) {
                return agree;
            }
        };
    }
}
