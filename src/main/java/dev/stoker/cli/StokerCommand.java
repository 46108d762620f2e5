package dev.stoker.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

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
    /** Verbs that speak of all the others. */
    private static final Set<String> NEED_ALL = Set.of("completion", "help", "rehearse");

    @Spec private CommandSpec spec;

    private StokerCommand() {}

    /** Runs what the arguments ask for and returns the exit code. */
    public static int execute(Map<String, Supplier<Object>> verbs, String... args) {
        return commandLine(verbs, args).execute(args);
    }

    /**
     * The command line with these verbs, each an object annotated with {@link Command}. Reading a
     * verb's annotations takes milliseconds, so where the arguments name one verb only that one is
     * made.
     */
    static CommandLine commandLine(Map<String, Supplier<Object>> verbs, String... args) {
        CommandLine line = new CommandLine(new StokerCommand());
        String first = args.length == 0 ? "" : args[0];
        if (verbs.containsKey(first) && !NEED_ALL.contains(first)) {
            line.addSubcommand(verbs.get(first).get());
        } else {
            verbs.values().forEach(verb -> line.addSubcommand(verb.get()));
        }
        if (!first.isEmpty() && !first.equals("--help") && !first.equals("-h")) {
            addVerbsOfVerbs(line);
        }
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(new ErrorPrinter());
    }

    /** The list of verbs does not name these, and reading their annotations takes its time. */
    private static void addVerbsOfVerbs(CommandLine line) {
        for (CommandLine verb : line.getSubcommands().values()) {
            if (verb.getCommand() instanceof HistoryCommand) {
                verb.getCommandSpec().addMethodSubcommands();
            }
        }
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command.");
    }
}
