package dev.stoker.watch;

import java.time.Instant;

/**
 * Something that happened between two samples. Immutable; texts are cleaned.
 *
 * @param time of the sample that showed it
 * @param kind for programs
 * @param subject to whom: a model's name, a server's address, {@code GPU 1}
 * @param sentence what, in words that follow the subject
 */
public record Event(Instant time, Kind kind, String subject, String sentence) {

    /** What can happen; the codes are stable. */
    public enum Kind {
        SERVER_UP("server-up", true),
        SERVER_DOWN("server-down", false),
        /** It answers as before, but began anew in between. */
        SERVER_RESTARTED("server-restarted", false),
        MODEL_LOADING("model-loading", true),
        MODEL_LOADED("model-loaded", true),
        /** By itself: its keep-alive ran out, or somebody asked for it. */
        MODEL_UNLOADED("model-unloaded", true),
        /** Another model took its place. */
        MODEL_EVICTED("model-evicted", false),
        /** It was loaded anew: with another context, or by a new runner. */
        MODEL_RELOADED("model-reloaded", false),
        MODEL_ASLEEP("model-asleep", true),
        MODEL_AWAKE("model-awake", true),
        /** Its runner died, does not answer, or could not load it. */
        MODEL_FAILED("model-failed", false),
        GPU_THROTTLED("gpu-throttled", false),
        GPU_UNTHROTTLED("gpu-unthrottled", true),
        /** Lost, silent, or to be reset. */
        GPU_FAULT("gpu-fault", false),
        GPU_BACK("gpu-back", true);

        private final String code;
        private final boolean harmless;

        Kind(String code, boolean harmless) {
            this.code = code;
            this.harmless = harmless;
        }

        /** Returns the stable name for JSON and recordings. */
        public String code() {
            return code;
        }

        /** Returns whether it is how things should go. */
        public boolean isHarmless() {
            return harmless;
        }
    }

    /** Returns subject and sentence. */
    public String text() {
        return subject + " " + sentence;
    }
}
