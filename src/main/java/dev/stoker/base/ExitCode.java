package dev.stoker.base;

/** What the program's exit code means: one list, so that scripts can rely on it. */
public enum ExitCode {
    /** The command did what was asked, and the answer is good. */
    DONE(0),
    /**
     * The command did what was asked, and the answer is bad: a regression, a failed check, a model
     * that did not run.
     */
    BAD_ANSWER(1),
    /**
     * The command was used wrongly: an unknown option, a value that can not be, a file that can not
     * be read.
     */
    WRONG_USE(2),
    /** The server could not be reached, or failed. */
    SERVER_FAILED(3),
    /** The command was refused because it could do harm, and no flag or answer allowed it. */
    REFUSED(4),
    /** The user interrupted the command; what was measured is saved. */
    INTERRUPTED(130);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    /** Returns the number that the process ends with. */
    public int number() {
        return number;
    }
}
