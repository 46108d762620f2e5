package dev.stoker.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.util.List;

/**
 * The root command {@code stoker}: version, help and the list of verbs. The verbs come from
 * outside, so that only {@code Main} knows what they are made of. Used by one thread.
 */
@Command(
        name = "stoker",
        mixinStandardHelpOptions = true,
        versionProvider = StokerVersion.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Operations tool for people who serve language models on their own GPUs.")
public final class StokerCommand implements Runnable {
    @Spec private CommandSpec spec;

    private StokerCommand() {}

    /** The command line with these verbs, each an object annotated with {@link Command}. */
    public static CommandLine commandLine(List<Object> commands) {
        CommandLine line = new CommandLine(new StokerCommand());
        commands.forEach(line::addSubcommand);
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command.");
    }
}
