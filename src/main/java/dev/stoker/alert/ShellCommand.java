package dev.stoker.alert;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Text;
import dev.stoker.host.CommandEnd;
import dev.stoker.host.CommandRunner;
import dev.stoker.json.Json;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.List;

/**
 * Runs a command of the user's for each delivery; what happened is its first argument, as JSON.
 * Used by one thread.
 */
public final class ShellCommand implements Outlet {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final String command;
    private final CommandRunner runner;

    /**
     * @param command for {@code sh}; {@code $1} in it is the JSON
     */
    public ShellCommand(String command, CommandRunner runner) {
        this.command = command;
        this.runner = runner;
    }

    @Override
    public String name() {
        return "command " + Integer.toHexString(command.hashCode());
    }

    @Override
    public Sent send(List<Message> messages) throws InterruptedException {
        ObjectNode root = Json.object();
        root.put("schema", "stoker.alert").put("version", 1);
        ArrayNode alerts = root.putArray("alerts");
        messages.forEach(m -> alerts.add(m.json()));
        CommandEnd end =
                runner.run(
                        List.of("/bin/sh", "-c", command, "stoker-alert", Json.write(root)),
                        LIMIT,
                        Cancellation.never());
        return switch (end) {
            case CommandEnd.Finished(int code, String output, boolean _) ->
                    code == 0
                            ? new Sent.Taken()
                            : new Sent.Failed(
                                    "The command ended with "
                                            + code
                                            + (output.isBlank()
                                                    ? "."
                                                    : ": " + Text.plain(output.strip(), 200)),
                                    true);
            case CommandEnd.TimedOut _ ->
                    new Sent.Failed(
                            "The command did not end in " + LIMIT.toSeconds() + " s.", true);
            case CommandEnd.NotStarted(String reason) ->
                    new Sent.Failed("The command could not be started: " + reason + ".", true);
            case CommandEnd.Cancelled() -> throw new InterruptedException();
        };
    }
}
