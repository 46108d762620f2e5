package dev.stoker.cli;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.bench.BenchRuns;
import dev.stoker.bench.RunFolder;
import dev.stoker.degrade.DegradeFolder;
import dev.stoker.degrade.DegradeRuns;
import dev.stoker.history.Export;
import dev.stoker.history.JournalLine;
import dev.stoker.history.Run;
import dev.stoker.history.RunNames;
import dev.stoker.history.RunStore;
import dev.stoker.load.LoadFolder;
import dev.stoker.load.LoadRuns;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * Runs from where the user has them: the store, an exported file, the folder of a benchmark or of a
 * load test. Used by one thread.
 */
final class RunSource {
    private RunSource() {}

    /**
     * Finds a run by its name in the store, else by the path of a file with one run or a folder.
     *
     * @throws UserError if there is none
     */
    static Run find(RunStore store, String name) {
        RunNames names = new RunNames(store);
        Optional<Run> kept = names.find(name).flatMap(store::get);
        if (kept.isPresent()) {
            return kept.get();
        }
        Path path = path(name).orElseThrow(() -> names.missing(name));
        List<Run> runs = new ArrayList<>();
        read(path, (run, requests) -> runs.add(run));
        if (runs.size() > 1) {
            throw UserError.wrongUse(
                    "The file " + path + " holds " + runs.size() + " runs, and one is needed.",
                    "Import it with 'stoker history import' and name one by its id.");
        }
        return runs.getFirst();
    }

    private static Optional<Path> path(String name) {
        try {
            Path path = Path.of(name);
            return Files.exists(path) ? Optional.of(path) : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /**
     * Hands out the runs of an exported file, or the one of a folder.
     *
     * @throws UserError if the path holds nothing of the kind
     */
    static void read(Path path, BiConsumer<Run, Stream<JournalLine>> each) {
        if (Files.isRegularFile(path.resolve("run.json"))) {
            RunFolder folder = new RunFolder(path);
            RunFolder.Contents contents = folder.read();
            each.accept(BenchRuns.run(contents, folder.setting()), BenchRuns.journal(contents));
            return;
        }
        if (Files.isRegularFile(path.resolve("load.json"))) {
            LoadFolder folder = new LoadFolder(path);
            try (Stream<JournalLine> journal = LoadRuns.journal(folder)) {
                each.accept(LoadRuns.read(folder).run(), journal);
            }
            return;
        }
        if (Files.isRegularFile(path.resolve(DegradeFolder.HEADER))) {
            DegradeFolder.Contents contents = new DegradeFolder(path).read();
            each.accept(DegradeRuns.run(contents), DegradeRuns.journal(contents));
            return;
        }
        if (Files.isDirectory(path)) {
            throw UserError.wrongUse(
                    "The folder "
                            + path
                            + " is no run: it has no run.json, load.json or degrade.json.",
                    "Name the folder of one run.");
        }
        try (BufferedReader in = Files.newBufferedReader(path)) {
            Export.read(in, each);
        } catch (MalformedInputException e) {
            throw notAnExport(path, "it is no UTF-8 text", e);
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The file "
                            + path
                            + " can not be read: "
                            + Text.plain(String.valueOf(e.getMessage()))
                            + ".",
                    "Give a file of 'stoker history export', or the folder of a run.",
                    e);
        } catch (IllegalArgumentException e) {
            throw notAnExport(path, Text.plain(String.valueOf(e.getMessage())), e);
        }
    }

    private static UserError notAnExport(Path path, String why, Exception e) {
        return new UserError(
                ExitCode.WRONG_USE,
                "The file " + path + " can not be used: " + why + ".",
                "Expected a file of 'stoker history export', or the folder of a run.",
                e);
    }
}
