package dev.stoker.cli;

import dev.stoker.base.Text;
import dev.stoker.base.UserError;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * {@code stoker help [COMMAND|metrics]}: the help of a command, or what the figures mean. Used by
 * one thread.
 */
@Command(
        name = "help",
        mixinStandardHelpOptions = true,
        versionProvider = StokerVersion.class,
        description = "Show the help of a command, or what the figures mean (metrics).")
public final class HelpCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "TOPIC",
            description = "A command, or metrics: the definition of every figure.")
    private @Nullable String topic;

    @Override
    public Integer call() throws IOException {
        if (spec == null) {
            throw new IllegalStateException("the command line has not filled this command");
        }
        CommandLine root = spec.root().commandLine();
        PrintWriter out = spec.commandLine().getOut();
        if (topic == null) {
            root.usage(out);
        } else if (topic.equals("metrics")) {
            out.print(metrics());
        } else if (root.getSubcommands().containsKey(topic)) {
            root.getSubcommands().get(topic).usage(out);
        } else {
            throw UserError.wrongUse(
                    "There is no help on '" + Text.plain(topic) + "'.",
                    "Expected metrics, or one of: "
                            + String.join(
                                    ", ",
                                    root.getSubcommands().entrySet().stream()
                                            .filter(e ->
                                                    !e.getValue()
                                                            .getCommandSpec()
                                                            .usageMessage()
                                                            .hidden())
                                            .map(Map.Entry::getKey)
                                            .toList())
                            + ".");
        }
        out.flush();
        return 0;
    }

    /** The manual's page, without the marks of its form. */
    private static String metrics() throws IOException {
        try (InputStream in = HelpCommand.class.getResourceAsStream("metrics.md")) {
            if (in == null) {
                throw new IOException("the page is missing from this build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replaceAll("(?m)^#+ ", "")
                    .replace("**", "")
                    .replace("`", "");
        }
    }
}
