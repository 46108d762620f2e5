package dev.stoker.warm;

import java.util.List;

/**
 * What follows from what is wanted and what is seen.
 *
 * @param notes what is remembered now, with what is about to be done
 * @param actions to be done in this order; at most one loads
 * @param log what happened, a sentence each
 */
public record Decision(Notes notes, List<WarmAction> actions, List<String> log) {
    public Decision {
        actions = List.copyOf(actions);
        log = List.copyOf(log);
    }

    /** Returns whether something is loaded, after which the server has to be looked at again. */
    boolean loads() {
        return actions.stream()
                .anyMatch(a -> a instanceof WarmAction.Load || a instanceof WarmAction.Reload);
    }
}
