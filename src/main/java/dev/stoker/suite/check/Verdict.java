package dev.stoker.suite.check;

/**
 * What one check says of one answer.
 *
 * @param state how it came out
 * @param check the check's stable name, such as {@code number}
 * @param expected what was wanted, in words for a person
 * @param seen what came instead, how it was checked, or why it was not; may be empty where it
 *     passed
 */
public record Verdict(State state, String check, String expected, String seen) {

    /** How a check came out. */
    public enum State {
        PASSED,
        FAILED,
        /** It could not be made here; it says nothing about the model. */
        NOT_CHECKED
    }

    public static Verdict passed(String check, String expected, String how) {
        return new Verdict(State.PASSED, check, expected, how);
    }

    public static Verdict failed(String check, String expected, String seen) {
        return new Verdict(State.FAILED, check, expected, seen);
    }

    public static Verdict notChecked(String check, String expected, String why) {
        return new Verdict(State.NOT_CHECKED, check, expected, why);
    }
}
