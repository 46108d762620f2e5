package dev.stoker.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
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

    private static final Set<String> HELP = Set.of("--help", "-h");
    private static final Set<String> OF_ALL_VERBS = Set.of("--help", "-h", "--version", "-V");

    @Spec private CommandSpec spec;

    private StokerCommand() {}

    /** Runs what the arguments ask for and returns the exit code. */
    public static int execute(Map<String, Supplier<Object>> verbs, String... args) {
        String[] words = words(args);
        // Unlike the parser's own, this one tells when nobody reads any more (a closed pipe).
        PrintWriter out = new PrintWriter(System.out, true, System.out.charset());
        return commandLine(verbs, words).setOut(out).execute(words);
    }

    /** Options right behind {@code history} are those of its list. */
    static String[] words(String... args) {
        boolean isList =
                args.length > 1
                        && args[0].equals("history")
                        && args[1].startsWith("-")
                        && !OF_ALL_VERBS.contains(args[1]);
        if (!isList) {
            return args;
        }
        List<String> words = new ArrayList<>(List.of(args));
        words.add(1, "list");
        return words.toArray(String[]::new);
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
        } else if (args.length == 0 || (args.length == 1 && HELP.contains(first))) {
            verbs.forEach((name, verb) -> line.addSubcommand(name, listed(name, verb.get())));
        } else {
            verbs.values().forEach(verb -> line.addSubcommand(verb.get()));
        }
        if (args.length > 0 && !HELP.contains(first)) {
            addVerbsOfVerbs(line);
        }
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(new ErrorPrinter());
    }

    /** What the list of verbs needs of one: no option is read. */
    private static CommandSpec listed(String name, Object verb) {
        Command command = verb.getClass().getAnnotation(Command.class);
        CommandSpec spec = CommandSpec.wrapWithoutInspection(verb).name(name);
        if (command != null) {
            spec.usageMessage().description(command.description()).hidden(command.hidden());
        }
        return spec;
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
