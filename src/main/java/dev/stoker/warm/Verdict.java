package dev.stoker.warm;

/**
 * Whether a model is ready.
 *
 * @param model its name
 * @param ready whether it answers as it should
 * @param code what is wrong; {@code ready} where nothing is
 * @param reason why not, or what was measured, a sentence
 * @param next what to do; may be empty
 * @param resident whether its server says that it is in memory
 * @param ttftMillis to the first token of the last tiny request; negative where there is none
 */
public record Verdict(
        String model,
        boolean ready,
        Code code,
        String reason,
        String next,
        boolean resident,
        double ttftMillis) {

    /** What is wrong. */
    public enum Code {
        READY("ready"),
        /** It shall not be ready now, by its schedule. */
        RESTING("resting"),
        /** It is out of memory, or does not answer. */
        NOT_READY("warm-not-ready"),
        /** Others took it out of memory. */
        EVICTED("warm-evicted"),
        /** It is computed on the CPU, or more of it than before. */
        CPU_FALLBACK("warm-cpu-fallback"),
        /** It answers more slowly than it did, or than it should. */
        DEGRADED("warm-degraded"),
        /** It and others push each other out. */
        THRASH("warm-thrash"),
        /** Its server does not answer. */
        SERVER_DOWN("warm-server-down");

        private final String text;

        Code(String text) {
            this.text = text;
        }

        /** Returns the stable name used in JSON and in alerts. */
        public String text() {
            return text;
        }
    }
}
