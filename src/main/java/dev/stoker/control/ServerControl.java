package dev.stoker.control;

import dev.stoker.base.Cancellation;

import java.time.Duration;

/**
 * A way to restart one server. Building one changes nothing; {@link #restart} does, and is only
 * called after the user has seen {@link #means} and agreed.
 */
public interface ServerControl {

    /**
     * Returns by which means the server is restarted, in words: {@code systemctl restart
     * ollama.service}.
     */
    String means();

    /** Returns whether there is a means at all. */
    boolean canRestart();

    /**
     * Restarts the server and returns when the means has returned; whether the server answers again
     * is for the caller to see.
     *
     * @throws ControlException if the means failed; the server's state is then unknown
     */
    void restart(Duration limit, Cancellation cancellation) throws ControlException;
}
