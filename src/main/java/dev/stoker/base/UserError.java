package dev.stoker.base;

import java.util.Objects;

/**
 * An error that is told to the user in one sentence, with a hint of what to do, and that ends the
 * command with a fixed exit code. It is mapped to the terminal in one place only; everything else
 * that is thrown is a defect of the program.
 */
public final class UserError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode code;
    private final String hint;

    /**
     * @param code how the process ends
     * @param sentence what was expected and what came
     * @param hint what to do next; may be empty
     */
    public UserError(ExitCode code, String sentence, String hint) {
        super(Objects.requireNonNull(sentence, "sentence is null"));
        this.code = Objects.requireNonNull(code, "code is null");
        this.hint = Objects.requireNonNull(hint, "hint is null");
    }

    /** The same, with the failure that caused it; the cause is only shown with {@code -v}. */
    public UserError(ExitCode code, String sentence, String hint, Throwable cause) {
        this(code, sentence, hint);
        initCause(cause);
    }

    public ExitCode code() {
        return code;
    }

    /** Returns what happened, in one sentence. */
    public String sentence() {
        return Objects.requireNonNull(getMessage(), "sentence is null");
    }

    /** Returns what to do next, or an empty text. */
    public String hint() {
        return hint;
    }

    /** Returns an error of wrong use (exit code 2). */
    public static UserError wrongUse(String sentence, String hint) {
        return new UserError(ExitCode.WRONG_USE, sentence, hint);
    }
}
