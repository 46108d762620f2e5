package dev.stoker.sim.engine;

/**
 * A request that the simulated server answers with an error: its status and its text, as the real
 * one words it.
 */
public final class EngineFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    public EngineFailure(int status, String text) {
        super(text);
        this.status = status;
    }

    public int status() {
        return status;
    }

    public String text() {
        return String.valueOf(getMessage());
    }
}
