package dev.stoker.cli;

import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.bench.BenchReport;
import dev.stoker.bench.BenchRuns;
import dev.stoker.bench.ReportBuilder;
import dev.stoker.bench.RunFolder;
import dev.stoker.history.JournalSource;
import dev.stoker.history.Run;
import dev.stoker.history.RunNames;
import dev.stoker.history.RunStore;
import dev.stoker.history.Stores;
import dev.stoker.load.LoadFolder;
import dev.stoker.load.LoadHeader;
import dev.stoker.load.LoadRuns;
import dev.stoker.report.bench.ReportedRun;
import dev.stoker.report.load.ReportedLoad;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Runs to be reported, from where the user has them: a run's folder, the store, an exported file.
 * The store is opened only when a name is no folder and no file. Used by one thread.
 */
final class ReportSource implements AutoCloseable {
    private final Path results;
    private final StoreOptions options;
    private final Stores stores;
    private Optional<RunStore> opened = Optional.empty();

    ReportSource(Path results, StoreOptions options, Stores stores) {
        this.results = results;
        this.options = options;
        this.stores = stores;
    }

    /** A run with all that its documents need. */
    sealed interface Found {
        /** A benchmark. */
        record Bench(ReportedRun run) implements Found {}

        /** A load test. */
        record Load(ReportedLoad run) implements Found {}
    }

    /**
     * Finds a run by its id, its tag, {@code latest}, the path of its folder or of an exported
     * file.
     *
     * @throws UserError if there is none
     */
    Found find(String name) {
        if (name.equals(RunNames.LATEST)) {
            return latest();
        }
        Optional<Path> folder = folder(name);
        if (folder.isPresent()) {
            return folder(folder.get());
        }
        Optional<Path> file = path(name).filter(Files::isRegularFile);
        if (file.isPresent()) {
            return exported(file.get());
        }
        Optional<String> id = new RunNames(store()).find(name);
        if (id.isEmpty()) {
            throw missing(name);
        }
        Optional<Path> kept = folder(id.get());
        return kept.isPresent() ? folder(kept.get()) : stored(id.get());
    }

    private RunStore store() {
        if (opened.isEmpty()) {
            opened = Optional.of(options.toLook(stores));
        }
        return opened.get();
    }

    private Found latest() {
        List<Path> folders = folders();
        Optional<String> inStore = new RunNames(store()).find(RunNames.LATEST);
        if (folders.isEmpty() && inStore.isEmpty()) {
            throw UserError.wrongUse(
                    "There is no run in " + results + ", nor in " + store().place() + ".",
                    "Start one with 'stoker bench' or 'stoker load', or name its folder.");
        }
        boolean newer =
                folders.isEmpty()
                        || inStore.filter(id -> id.compareTo(id(folders.getLast())) > 0)
                                .isPresent();
        return newer ? stored(inStore.orElseThrow()) : folder(folders.getLast());
    }

    private static String id(Path folder) {
        return String.valueOf(folder.getFileName());
    }

    /** Returns the folders of all runs, oldest first. */
    private List<Path> folders() {
        if (!Files.isDirectory(results)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(results)) {
            return all.filter(ReportSource::isRun)
                    .sorted(Comparator.comparing(ReportSource::id))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw UserError.wrongUse(
                    "The results folder " + results + " can not be read.",
                    "Name another one with --results DIR.");
        }
    }

    private static boolean isRun(Path folder) {
        return Files.isRegularFile(folder.resolve("run.json")) || isLoad(folder);
    }

    private static boolean isLoad(Path folder) {
        return Files.isRegularFile(folder.resolve("load.json"));
    }

    private Optional<Path> folder(String name) {
        Optional<Path> path = path(name);
        return path.stream()
                .flatMap(p -> Stream.of(results.resolve(p), p))
                .filter(ReportSource::isRun)
                .findFirst();
    }

    private static Optional<Path> path(String name) {
        try {
            return name.isBlank() ? Optional.empty() : Optional.of(Path.of(name));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static Found folder(Path path) {
        if (isLoad(path)) {
            LoadFolder load = new LoadFolder(path);
            LoadHeader header = load.header();
            return new Found.Load(ReportedLoad.read(header, load, load.setting()));
        }
        RunFolder folder = new RunFolder(path);
        RunFolder.Contents contents = folder.read();
        return bench(contents, BenchRuns.run(contents, folder.setting()));
    }

    private static Found bench(RunFolder.Contents contents, Run run) {
        BenchReport report = ReportBuilder.report(contents);
        return new Found.Bench(
                new ReportedRun(report, contents.events(), run, BenchRemarks.of(report)));
    }

    private Found stored(String id) {
        Run run = store().get(id).orElseThrow(() -> missing(id));
        return journal(run, each -> store().journal(id, each));
    }

    private static Found exported(Path file) {
        List<Run> runs = new ArrayList<>();
        RunSource.read(file, (run, _) -> runs.add(run));
        if (runs.size() > 1) {
            throw UserError.wrongUse(
                    "The file " + file + " holds " + runs.size() + " runs, and one is needed.",
                    "Import it with 'stoker history import' and name one by its id.");
        }
        return journal(
                runs.getFirst(), each -> RunSource.read(file, (_, lines) -> lines.forEach(each)));
    }

    private static Found journal(Run run, JournalSource journal) {
        if (run.kind().equals("load")) {
            LoadHeader header =
                    LoadRuns.header(journal, run.id()).orElseThrow(() -> figuresOnly(run));
            return new Found.Load(
                    ReportedLoad.read(header, LoadRuns.events(journal), run.setting()));
        }
        return bench(
                BenchRuns.contents(journal, run.id()).orElseThrow(() -> figuresOnly(run)), run);
    }

    private static UserError figuresOnly(Run run) {
        return UserError.wrongUse(
                "Of run " + run.id() + " only the figures are kept, without what happened.",
                "Report it from its own folder; 'stoker history show' prints the figures.");
    }

    private UserError missing(String name) {
        List<Path> folders = folders();
        List<String> known =
                Stream.concat(
                                folders.reversed().stream().map(ReportSource::id),
                                store().list(5).stream().map(s -> s.id()))
                        .distinct()
                        .sorted(Comparator.reverseOrder())
                        .limit(5)
                        .toList();
        return UserError.wrongUse(
                "There is no run '"
                        + Text.plain(name, 100)
                        + "' in "
                        + results
                        + ", nor in "
                        + store().place()
                        + ".",
                known.isEmpty()
                        ? "There are none."
                        : "The latest are: " + String.join(", ", known));
    }

    @Override
    public void close() {
        opened.ifPresent(RunStore::close);
    }
}
