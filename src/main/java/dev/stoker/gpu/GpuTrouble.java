package dev.stoker.gpu;

/**
 * Why a GPU, or all GPUs of a source, can't be looked at as they should. Immutable.
 *
 * @param kind for programs
 * @param sentence what is the matter
 * @param next what to do; may be empty
 */
public record GpuTrouble(Kind kind, String sentence, String next) {

    /** The kinds of trouble; the names are stable. */
    public enum Kind {
        /** There is no driver or library: nothing is wrong, there is just nothing to see. */
        ABSENT("absent"),
        /** The driver is there and refuses: not loaded, no permission, no device file. */
        UNAVAILABLE("unavailable"),
        /** Driver and library are of different versions. */
        MISMATCH("driver_mismatch"),
        /** The GPU has fallen off the bus. */
        LOST("lost"),
        /** The GPU must be reset before it works again. */
        RESET_REQUIRED("reset_required"),
        /** The GPU is switched off to save power; to look at it would wake it. */
        ASLEEP("asleep"),
        /** The driver has not answered in time. */
        NO_ANSWER("no_answer"),
        /** Anything else that failed. */
        FAILED("failed");

        private final String code;

        Kind(String code) {
            this.code = code;
        }

        /** Returns the stable name for JSON and labels. */
        public String code() {
            return code;
        }
    }

    /**
     * Returns whether something is wrong; not so where a machine just has no such GPU, or where it
     * sleeps.
     */
    public boolean isFault() {
        return kind != Kind.ABSENT && kind != Kind.ASLEEP;
    }

    /** Returns the sentence and what to do. */
    public String text() {
        return next.isEmpty() ? sentence : sentence + " " + next;
    }
}
