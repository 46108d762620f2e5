package dev.stoker.explain.account;

/**
 * Why a model had to be loaded. The codes are stable, those of the doctor's findings where one
 * fits.
 */
public enum Why {
    FIRST("load.first", false, "it was not loaded yet"),
    KEEP_ALIVE("ka.expired", true, "its keep-alive had run out"),
    COUNT("swap.count", true, "another model had taken its place: no more may be loaded at once"),
    MEMORY("swap.capacity", true, "another model had pushed it out of the memory"),
    CONTEXT("swap.numctx", true, "it was wanted with another context length"),
    OPTIONS("swap.options", true, "it was wanted with other options"),
    OUT_OF_MEMORY(
            "swap.doomed", true, "a load or request that ran out of memory had emptied the server"),
    DIED("run.ghost", true, "its runner had died"),
    RESTART("server.restart", false, "the server was restarted"),
    ASKED("ka.client", true, "a request had unloaded it, or set a shorter keep-alive"),
    ABORTED("run.client-kills-load", true, "the client of the load before it went away"),
    SLEPT("ka.sleep", true, "it slept: nobody had asked it for a while"),
    UNKNOWN("load.unexplained", true, "the log does not say why");

    private final String code;
    private final boolean swap;
    private final String words;

    Why(String code, boolean swap, String words) {
        this.code = code;
        this.swap = swap;
        this.words = words;
    }

    public String code() {
        return code;
    }

    /** Returns whether the model was there before and could have stayed. */
    public boolean isSwap() {
        return swap;
    }

    /** Returns the cause in words that follow "because". */
    public String words() {
        return words;
    }
}
