package dev.stoker.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.stream.Stream;

/**
 * The private folder of one started server: its models, its home and its log. It lies inside the
 * cache folder, on the same file system as the models, so that a model store of its own costs a few
 * hard links. When it is closed the logs are kept in {@code target/e2e-logs} for the reader of a
 * failed test, and the rest is deleted. Not safe for concurrent use.
 */
final class RunFolder implements AutoCloseable {
    private final String name;
    private final Path path;

    RunFolder(String name) {
        this.name = name;
        try {
            Path runs = Files.createDirectories(Parts.home().resolve("run"));
            this.path = Files.createTempDirectory(runs, name + "-");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a folder for " + name, e);
        }
    }

    Path path() {
        return path;
    }

    /** A folder inside, made if it is not there. */
    Path folder(String child) {
        try {
            return Files.createDirectories(path.resolve(child));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Adds all files below {@code source} to the folder {@code target}, by hard link if possible.
     */
    static void linkTree(Path source, Path target) {
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                linkFile(file, target.resolve(source.relativize(file).toString()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot copy " + source, e);
        }
    }

    static void linkFile(Path source, Path target) {
        try {
            Files.createDirectories(target.toAbsolutePath().getParent());
            try {
                Files.createLink(target, source);
            } catch (IOException | UnsupportedOperationException e) {
                Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot copy " + source, e);
        }
    }

    @Override
    public void close() {
        try {
            keepLogs();
            deleteTree(path);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot clear " + path, e);
        }
    }

    private void keepLogs() throws IOException {
        Path kept = Files.createDirectories(StokerCli.checkout().resolve("target/e2e-logs"));
        String time = LocalTime.now().format(DateTimeFormatter.ofPattern("HHmmss.SSS"));
        try (Stream<Path> files = Files.list(path)) {
            for (Path log : files.filter(file -> file.toString().endsWith(".log")).toList()) {
                Path copy = kept.resolve(time + "-" + name + "-" + log.getFileName());
                Files.copy(log, copy, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static void deleteTree(Path root) throws IOException {
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path folder, IOException problem)
                            throws IOException {
                        Files.deleteIfExists(folder);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
