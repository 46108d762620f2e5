package dev.stoker.control;

import dev.stoker.base.Cancellation;

import java.time.Duration;

/**
 * No way to restart the server, with the reason and what the user can do about it. Immutable.
 *
 * @param means why there is none, a sentence for a person
 */
public record NoControl(String means) implements ServerControl {

    @Override
    public boolean canRestart() {
        return false;
    }

    @Override
    public void restart(Duration limit, Cancellation cancellation) throws ControlException {
        throw new ControlException(means);
    }
}
