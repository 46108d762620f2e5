package dev.stoker.history;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the folders of runs have in common, whatever was measured: a folder a run, whose name is the
 * run's id, with a header that is written once and by whose name the kind of run is known.
 */
public final class RunFiles {
    private RunFiles() {}

    /**
     * Creates the folder of a new run and writes its header.
     *
     * @throws UserError if it can't be written
     */
    public static Path create(Path results, String id, String headerFile, JsonNode header) {
        try {
            Path folder = Files.createDirectories(results.resolve(id));
            replace(folder.resolve(headerFile), header);
            return folder;
        } catch (IOException e) {
            throw unwritable(results, e);
        }
    }

    /** Writes a file whole, in the place of what was there. */
    public static void replace(Path file, JsonNode content) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(draft, Json.pretty(content) + "\n");
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Returns the folders of one kind of run, oldest first. Those of one second are ordered by
     * their headers' times.
     *
     * @throws UserError if the results folder can't be read
     */
    public static List<Path> list(Path results, String headerFile) {
        if (!Files.isDirectory(results)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(results)) {
            return folders.filter(f -> Files.isRegularFile(f.resolve(headerFile)))
                    .sorted(
                            Comparator.comparing(RunFiles::second)
                                    .thenComparing(f -> written(f.resolve(headerFile)))
                                    .thenComparing(f -> String.valueOf(f.getFileName())))
                    .toList();
        } catch (IOException e) {
            throw failed(results, "read", e, "Name another one with --results DIR.");
        }
    }

    /** Returns the part of a run's id that tells its second; what follows it is drawn by lot. */
    private static String second(Path folder) {
        String id = String.valueOf(folder.getFileName());
        int lot = id.lastIndexOf('_');
        return lot < 0 ? id : id.substring(0, lot);
    }

    /** Returns when a header was written, which orders the runs of one second. */
    private static FileTime written(Path header) {
        try {
            return Files.getLastModifiedTime(header);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }

    /** Returns the error for a results folder that can't be written. */
    public static UserError unwritable(Path results, IOException e) {
        return failed(
                results,
                "written",
                e,
                "Free some space, or choose another folder with --results DIR or RESULTS_DIR.");
    }

    private static UserError failed(Path results, String done, IOException e, String next) {
        return new UserError(
                ExitCode.WRONG_USE,
                "The results folder " + results + " can not be " + done + ": " + reason(e) + ".",
                next,
                e);
    }

    /** Returns why a file could not be read or written, in words. */
    public static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException a -> "permission denied";
            case NotDirectoryException n -> "it is no folder";
            case NoSuchFileException n -> "no folder can be made there";
            case FileAlreadyExistsException f -> "there is a file of that name";
            case FileSystemException f when f.getReason() != null -> Text.plain(f.getReason());
            case ClosedChannelException c -> "it was closed";
            default -> Text.plain(String.valueOf(e.getMessage()), 300);
        };
    }
}
