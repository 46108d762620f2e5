package dev.stoker.cli;

import dev.stoker.load.PreparedAnswers;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@code stoker rehearse}: walks through what most starts do, so that the ahead-of-time cache that
 * is recorded meanwhile holds the classes of all of it. {@code stoker rehearse load} runs load
 * tests against this process itself, so that the cache also holds which methods are worth
 * compiling, and how. It touches no server, leaves no file and prints nothing. Called by the
 * launcher and the distribution's build, hence hidden. Used by one thread.
 */
@Command(name = "rehearse", hidden = true, description = "Record the ahead-of-time cache.")
public final class RehearseCommand implements Runnable {
    private static final String USERS = "64";
    private static final String DURATION = "1500ms";

    @Spec private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "VERB", description = "Rehearse this verb: load.")
    private @Nullable String verb;

    private final List<Runnable> exercises;

    /**
     * @param exercises what else starts do; they touch no driver and print nothing
     */
    public RehearseCommand(List<Runnable> exercises) {
        this.exercises = List.copyOf(exercises);
    }

    @Override
    public void run() {
        CommandLine root = spec.root().commandLine();
        PrintWriter out = root.getOut();
        PrintWriter err = root.getErr();
        silence(root, new PrintWriter(Writer.nullWriter()), new PrintWriter(Writer.nullWriter()));
        if (verb == null) {
            walk(root);
            plan(root);
            exercises.forEach(Runnable::run);
        } else {
            load(root);
        }
        silence(root, out, err);
    }

    private static void walk(CommandLine root) {
        root.execute("--version");
        root.execute("--help");
        root.execute("no-such-command");
        for (String verb : List.copyOf(root.getSubcommands().keySet())) {
            root.execute(verb, "--help");
        }
        root.execute("completion", "bash");
    }

    /** A file on a GPU of the table, for each server, for people and programs, and a set. */
    private static void plan(CommandLine root) {
        Path folder = null;
        try {
            folder = Files.createTempDirectory("stoker-rehearsal");
            String model = RehearsalModel.write(folder).toString();
            List<String> words = List.of("plan", model, "--gpu", "RTX 3090");
            root.execute(words.toArray(String[]::new));
            for (List<String> more :
                    List.of(
                            List.of("--json"),
                            List.of("--for", "ollama"),
                            List.of("--advise"),
                            List.of(model))) {
                List<String> all = new ArrayList<>(words);
                all.addAll(more);
                root.execute(all.toArray(String[]::new));
            }
        } catch (IOException e) {
            // Without a folder for it there is no rehearsal.
        } finally {
            delete(folder);
        }
    }

    /**
     * Both dialects, with long answers and short ones; the result as JSON and as a table; the
     * user's own store is left alone.
     */
    private static void load(CommandLine root) {
        for (String tokens : List.of("200", "1")) {
            load(root, false, tokens);
            load(root, true, tokens);
        }
    }

    private static void load(CommandLine root, boolean ollama, String tokens) {
        Path results = null;
        try (PreparedAnswers answers = PreparedAnswers.open(ollama)) {
            results = Files.createTempDirectory("stoker-rehearsal");
            List<String> words =
                    new ArrayList<>(
                            List.of(
                                    "load",
                                    "m",
                                    "--server",
                                    answers.endpoint().toString(),
                                    "--results",
                                    results.toString(),
                                    "--store",
                                    results.resolve("runs.db").toString(),
                                    "-c",
                                    USERS,
                                    "--duration",
                                    DURATION,
                                    "--warmup",
                                    "0s",
                                    "--max-tokens",
                                    tokens));
            if (ollama) {
                words.add("--json");
            }
            root.execute(words.toArray(String[]::new));
        } catch (IOException e) {
            // Without loopback or a folder for it there is no rehearsal.
        } finally {
            delete(results);
        }
    }

    private static void delete(@Nullable Path folder) {
        if (folder == null) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            // It lies in the system's folder for what may go.
        }
    }

    private static void silence(CommandLine root, PrintWriter out, PrintWriter err) {
        root.setOut(out);
        root.setErr(err);
    }
}
