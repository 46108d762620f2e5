package dev.stoker.tui.view;

import java.time.Instant;
import java.util.Optional;

/**
 * A process that is about to be ended. Immutable.
 *
 * @param pid its number
 * @param user whose it is
 * @param what its command, for a person
 * @param started when it began: another process may get its number
 * @param stage how far it has come
 * @param told what the last step brought
 */
public record KillTarget(
        long pid, String user, String what, Optional<Instant> started, Stage stage, String told) {

    /** How far it has come. */
    public enum Stage {
        /** Nothing was done yet. */
        ASKED,
        /** It was asked to end, and is still there. */
        TERMINATED,
        /** It may not be ended, or has ended. */
        OVER
    }

    public KillTarget with(Stage next, String said) {
        return new KillTarget(pid, user, what, started, next, said);
    }
}
