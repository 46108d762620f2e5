package dev.stoker.sim.engine;

/** A fault that breaks an answer off in the middle; the protocol decides how that looks. */
public final class BrokenStream extends Exception {
    private static final long serialVersionUID = 1L;

    /** How it breaks. */
    public enum How {
        /** The connection closes without the last chunk. */
        CUT,
        /** The runner died: the server says so in its own way. */
        RUNNER_DIED
    }

    private final How how;

    BrokenStream(How how) {
        super(how.name());
        this.how = how;
    }

    public How how() {
        return how;
    }
}
