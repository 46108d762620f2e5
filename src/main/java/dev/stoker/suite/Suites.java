package dev.stoker.suite;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.json.Form;
import dev.stoker.json.Yaml;
import dev.stoker.suite.picture.VisionSuite;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds a suite: one that comes with the program, or a file. Stateless. */
public final class Suites {
    public static final String STANDARD = "standard";
    public static final String VISION = "vision";
    private static final long LARGEST_FILE = 16L << 20;

    private Suites() {}

    /**
     * Returns a suite.
     *
     * @param name of a built-in one, else a file
     * @param seed decides what the pictures of the built-in vision suite show
     * @throws UserError if there is none, or the file holds something else
     */
    public static Suite find(String name, long seed) {
        return isBuiltIn(name)
                ? read("The built-in suite " + name, text(name, seed), Path.of(""))
                : file(Path.of(name));
    }

    private static boolean isBuiltIn(String name) {
        return name.equals(STANDARD) || name.equals(VISION);
    }

    /** Returns a suite as YAML, to begin an own one with. */
    public static String text(String name, long seed) {
        return switch (name) {
            case STANDARD -> resource();
            case VISION -> VisionSuite.yaml(seed);
            default -> content(Path.of(name));
        };
    }

    private static String resource() {
        try (InputStream in = Suites.class.getResourceAsStream("standard.yaml")) {
            if (in == null) {
                throw new IllegalStateException("the built-in suite is not in the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("the built-in suite can not be read", e);
        }
    }

    private static Suite file(Path path) {
        Path absolute = path.toAbsolutePath().getParent();
        return read("The suite " + path, content(path), absolute == null ? Path.of("") : absolute);
    }

    private static String content(Path path) {
        try {
            if (Files.size(path) > LARGEST_FILE) {
                throw UserError.wrongUse(
                        "The suite " + path + " is larger than 16 MiB.", "Use a smaller one.");
            }
            return Files.readString(path);
        } catch (NoSuchFileException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "There is no suite and no file '" + Text.plain(path.toString()) + "'.",
                    "Use standard, vision, or a YAML file; 'stoker bench --suite standard --show'"
                            + " prints one to begin with.",
                    e);
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The suite "
                            + path
                            + " can not be read: "
                            + (e instanceof MalformedInputException
                                    ? "it is no UTF-8"
                                    : Text.plain(String.valueOf(e.getMessage()))),
                    "Give a readable YAML file.",
                    e);
        }
    }

    /** Reads a suite's text. */
    static Suite read(String source, String text, Path folder) {
        Yaml.Located located;
        try {
            located = Yaml.locate(text);
        } catch (Yaml.NoYaml e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    source + " is no YAML: " + Text.plain(String.valueOf(e.getMessage()), 300),
                    "docs/suite.md shows the form.",
                    e);
        }
        Form root = new Form(source, located.lines(), located.tree());
        root.only("suite", "description", "tests");
        TaskForms forms = new TaskForms(folder);
        List<Task> tests = new ArrayList<>();
        Set<String> names = new HashSet<>();
        if (!root.has("tests")) {
            throw root.wrong("the key 'tests' is missing");
        }
        for (Form form : root.at("tests").items()) {
            Task task = forms.task(form);
            TaskForms.requirePlain(form);
            if (!names.add(task.name())) {
                throw form.wrong("two tests have the name '" + task.name() + "'");
            }
            tests.add(task);
        }
        if (tests.isEmpty()) {
            throw root.at("tests").wrong("the list is empty");
        }
        return new Suite(
                root.text("suite"), root.maybe("description").map(Form::text).orElse(""), tests);
    }
}
