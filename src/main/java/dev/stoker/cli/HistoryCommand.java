package dev.stoker.cli;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.history.Export;
import dev.stoker.history.Run;
import dev.stoker.history.RunNames;
import dev.stoker.history.RunStore;
import dev.stoker.history.RunSummary;
import dev.stoker.history.Stores;
import dev.stoker.json.Json;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/** {@code stoker history}: the runs that are kept. One method a verb; used by one thread. */
@Command(
        name = "history",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false, // StokerCommand adds them where they are asked for.
        synopsisSubcommandLabel = "[COMMAND]",
        description = {
            "List, show, tag and carry the runs that are kept.",
            "",
            "Without a command: list, with the options of list. RUN is an id, its first characters,"
                    + " a tag, or latest.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  stoker history",
            "  stoker history tag latest baseline",
            "  stoker history export baseline --to baseline.jsonl",
            "  stoker history import ~/.local/share/stoker/runs/20261122-101112-00ab"
        })
public final class HistoryCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    private final Stores stores;
    private final Map<String, String> env;

    public HistoryCommand(Stores stores, Map<String, String> env) {
        this.stores = stores;
        this.env = Map.copyOf(env);
    }

    @Override
    public Integer call() {
        return Objects.requireNonNull(spec.subcommands().get("list"), "no list").execute();
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List runs, newest first.")
    int list(
            @Mixin StoreOptions store,
            @Mixin OutputOptions output,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "20",
                            description = "At most so many. Default: 20.")
                    int limit) {
        if (limit < 1) {
            throw UserError.wrongUse("--limit is at least 1, not " + limit + ".", "");
        }
        requireOneForm(output);
        try (RunStore opened = store.toLook(stores)) {
            List<RunSummary> runs = opened.list(limit);
            PrintWriter out = out();
            if (output.json) {
                out.println(Json.pretty(HistoryView.listJson(runs)));
            } else if (output.csv) {
                HistoryView.listCsv(out, runs);
            } else if (runs.isEmpty()) {
                say(output.quiet, "There is no run in " + opened.place() + " yet.");
            } else {
                view(output).list(out, runs);
            }
            out.flush();
        }
        return ExitCode.DONE.number();
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Show a run: its setting and its figures.")
    int show(
            @Parameters(paramLabel = "RUN") String name,
            @Mixin StoreOptions store,
            @Mixin OutputOptions output) {
        requireOneForm(output);
        try (RunStore opened = store.toLook(stores)) {
            Run run = RunSource.find(opened, name);
            PrintWriter out = out();
            if (output.json) {
                out.println(HistoryView.showJson(run));
            } else if (output.csv) {
                HistoryView.showCsv(out, run);
            } else {
                view(output).show(out, run);
            }
            out.flush();
        }
        return ExitCode.DONE.number();
    }

    @Command(
            name = "tag",
            mixinStandardHelpOptions = true,
            description = "Give a run a tag; it is taken from the run that had it.")
    int tag(
            @Parameters(paramLabel = "RUN") String name,
            @Parameters(paramLabel = "TAG") String tag,
            @Mixin StoreOptions store,
            @Mixin ReplyOptions reply) {
        RunNames.requireTag(tag);
        try (RunStore opened = store.toChange(stores)) {
            String id = new RunNames(opened).require(name);
            Optional<String> before = opened.tag(id, tag).filter(b -> !b.equals(id));
            say(
                    reply.quiet,
                    id + " is " + tag + before.map(b -> ", which was " + b).orElse("") + ".");
        }
        return ExitCode.DONE.number();
    }

    @Command(name = "untag", mixinStandardHelpOptions = true, description = "Take a tag away.")
    int untag(
            @Parameters(paramLabel = "TAG") String tag,
            @Mixin StoreOptions store,
            @Mixin ReplyOptions reply) {
        try (RunStore opened = store.toChange(stores)) {
            String id =
                    opened.untag(tag)
                            .orElseThrow(() ->
                                    UserError.wrongUse(
                                            "No run has the tag '" + Text.plain(tag) + "'.",
                                            "See them with: stoker history list"));
            say(reply.quiet, id + " is no longer " + tag + ".");
        }
        return ExitCode.DONE.number();
    }

    @Command(
            name = "note",
            mixinStandardHelpOptions = true,
            description = "Write a note to a run; without words it is taken away.")
    int note(
            @Parameters(paramLabel = "RUN", index = "0") String name,
            @Parameters(paramLabel = "WORD", index = "1..*", arity = "0..*")
                    @Nullable List<String> words,
            @Mixin StoreOptions store,
            @Mixin ReplyOptions reply) {
        String note = words == null ? "" : String.join(" ", words);
        try (RunStore opened = store.toChange(stores)) {
            String id = new RunNames(opened).require(name);
            opened.note(id, note);
            say(reply.quiet, id + (note.isEmpty() ? " has no note now." : " is noted."));
        }
        return ExitCode.DONE.number();
    }

    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            description = "Write runs with all their requests as lines of JSON.")
    int export(
            @Parameters(paramLabel = "RUN", arity = "1..*") List<String> names,
            @Option(
                            names = "--to",
                            paramLabel = "FILE",
                            description = "A file. Default: standard output.")
                    @Nullable Path to,
            @Mixin StoreOptions store,
            @Mixin ReplyOptions reply) {
        try (RunStore opened = store.toLook(stores)) {
            Set<String> ids = new LinkedHashSet<>();
            names.forEach(n -> ids.add(new RunNames(opened).require(n)));
            if (to == null) {
                write(opened, ids, out());
            } else {
                write(opened, ids, to);
                say(reply.quiet, ids.size() + " run(s) written to " + to + ".");
            }
        }
        return ExitCode.DONE.number();
    }

    private static void write(RunStore store, Set<String> ids, PrintWriter out) {
        ids.forEach(id -> store.get(id).ifPresent(run -> Export.write(run, store, out)));
        out.flush();
    }

    /** A file is there as a whole or not at all. */
    private static void write(RunStore store, Set<String> ids, Path file) {
        Path draft = file.resolveSibling(file.getFileName() + ".part");
        try {
            try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(draft))) {
                write(store, ids, out);
                if (out.checkError()) {
                    throw new IOException("not everything could be written");
                }
            }
            Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The file "
                            + file
                            + " can not be written: "
                            + Text.plain(String.valueOf(e.getMessage()))
                            + ".",
                    "Give another one with --to FILE.",
                    e);
        }
    }

    @Command(
            name = "import",
            mixinStandardHelpOptions = true,
            description = {
                "Take runs in: exported files, or folders of runs. A run that is there"
                        + " already is replaced and keeps its tags and its note."
            })
    int importRuns(
            @Parameters(paramLabel = "PATH", arity = "1..*") List<Path> paths,
            @Mixin StoreOptions store,
            @Mixin ReplyOptions reply) {
        try (RunStore opened = store.toChange(stores)) {
            for (Path path : paths) {
                if (!Files.exists(path)) {
                    throw UserError.wrongUse("There is no file or folder " + path + ".", "");
                }
                RunSource.read(
                        path,
                        (run, requests) -> {
                            opened.put(run, requests);
                            say(reply.quiet, run.id() + " is in " + opened.place() + ".");
                        });
                stores.settle(path, store.store);
            }
        }
        return ExitCode.DONE.number();
    }

    @Command(
            name = "delete",
            mixinStandardHelpOptions = true,
            description = "Delete runs from the store; a run's own folder stays.")
    int delete(
            @Parameters(paramLabel = "RUN", arity = "1..*") List<String> names,
            @Option(
                            names = {"-y", "--yes"},
                            description = "Delete without being asked.")
                    boolean yes,
            @Mixin StoreOptions store,
            @Mixin ReplyOptions reply) {
        try (RunStore opened = store.toChange(stores)) {
            Set<String> ids = new LinkedHashSet<>();
            names.forEach(n -> ids.add(new RunNames(opened).require(n)));
            if (!yes) {
                new Consent(Terminal.detect(env, true), System.in, err(), reply.quiet)
                        .toGoOn("Delete " + String.join(", ", ids) + "?");
            }
            ids.forEach(opened::delete);
            say(reply.quiet, ids.size() + " run(s) deleted.");
        }
        return ExitCode.DONE.number();
    }

    private static void requireOneForm(OutputOptions output) {
        if (output.json && output.csv) {
            throw UserError.wrongUse("--json and --csv were both given.", "Choose one of them.");
        }
    }

    private HistoryView view(OutputOptions output) {
        return new HistoryView(Terminal.detect(env, output.noColor));
    }

    private void say(boolean quiet, String sentence) {
        if (!quiet) {
            err().println(sentence);
            err().flush();
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
