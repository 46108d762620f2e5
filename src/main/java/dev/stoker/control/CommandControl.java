package dev.stoker.control;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Text;
import dev.stoker.host.CommandEnd;
import dev.stoker.host.CommandRunner;

import java.time.Duration;
import java.util.List;

/**
 * Restarts a server by a command of the operating system: the user's own, systemctl, or a container
 * engine's. Blocks the caller until the command has ended, at most for the limit. Thread-safe.
 */
final class CommandControl implements ServerControl {
    private static final int LONGEST_OUTPUT = 300;

    private final String means;
    private final List<String> command;
    private final CommandRunner commands;

    /**
     * @param means the command as a person would write it
     * @param command its program and arguments
     */
    CommandControl(String means, List<String> command, CommandRunner commands) {
        this.means = Text.plain(means);
        this.command = List.copyOf(command);
        this.commands = commands;
    }

    @Override
    public String means() {
        return means;
    }

    @Override
    public boolean canRestart() {
        return true;
    }

    @Override
    public void restart(Duration limit, Cancellation cancellation) throws ControlException {
        switch (commands.run(command, limit, cancellation)) {
            case CommandEnd.Finished f when f.code() == 0 -> {}
            case CommandEnd.Finished f ->
                    throw new ControlException(
                            "'"
                                    + means
                                    + "' ended with exit code "
                                    + f.code()
                                    + said(f.output())
                                    + ".");
            case CommandEnd.TimedOut t ->
                    throw new ControlException(
                            "'"
                                    + means
                                    + "' had not ended after "
                                    + t.limit().toSeconds()
                                    + " s and was ended"
                                    + said(t.output())
                                    + ".");
            case CommandEnd.NotStarted n ->
                    throw new ControlException(
                            "'" + means + "' could not be started: " + n.reason() + ".");
            case CommandEnd.Cancelled _ ->
                    throw new ControlException("'" + means + "' was cancelled.");
        }
    }

    /** The end of the output matters: that is where a command says why it fails. */
    private static String said(String output) {
        String end =
                output.length() > LONGEST_OUTPUT
                        ? output.substring(output.length() - LONGEST_OUTPUT)
                        : output;
        String plain = Text.plain(end);
        return plain.isEmpty() ? "" : ", and said: " + plain;
    }
}
