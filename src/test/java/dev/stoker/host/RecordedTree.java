package dev.stoker.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Lays a recorded {@code /proc} and {@code /sys} out in a folder. The record is one text file: a
 * line {@code == PATH} begins a file, a line {@code -> PATH TARGET} makes a symbolic link; {@code
 * \0} stands for a zero byte.
 */
public final class RecordedTree {
    private final Path root;

    private RecordedTree(Path root) {
        this.root = root;
    }

    public static RecordedTree of(String name, Path folder) {
        try (InputStream in = RecordedTree.class.getResourceAsStream("/host/" + name + ".tree")) {
            if (in == null) {
                throw new IllegalArgumentException("no recorded tree " + name);
            }
            RecordedTree tree = new RecordedTree(folder);
            tree.layOut(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            return tree;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lays out a record that a test has written itself. */
    public static RecordedTree parse(String record, Path folder) {
        try {
            RecordedTree tree = new RecordedTree(folder);
            tree.layOut(record);
            return tree;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void layOut(String record) throws IOException {
        String path = "";
        List<String> lines = new ArrayList<>();
        for (String line : record.lines().toList()) {
            if (line.startsWith("== ")) {
                put(path, lines);
                path = line.substring(3).strip();
            } else if (line.startsWith("-> ")) {
                String[] parts = line.split(" ", 3);
                Path link = root.resolve(parts[1]);
                Files.createDirectories(link.getParent());
                Files.createSymbolicLink(link, Path.of(parts[2]));
            } else if (!line.startsWith("# ")) {
                lines.add(line);
            }
        }
        put(path, lines);
    }

    private void put(String path, List<String> lines) throws IOException {
        if (!path.isEmpty()) {
            write(path, String.join("\n", lines).replace("\\0", "\0") + "\n");
        }
        lines.clear();
    }

    /** Replaces a file, as the kernel does when its state changes. */
    public void write(String path, String text) {
        try {
            Path file = root.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void delete(String path) {
        try {
            Files.delete(root.resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path proc() {
        return root.resolve("proc");
    }

    public Path sys() {
        return root.resolve("sys");
    }

    ProcHost host() {
        return new ProcHost(proc(), sys());
    }
}
