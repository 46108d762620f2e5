package dev.stoker.rules;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.json.Form;
import dev.stoker.json.Yaml;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The YAML file in which rules are changed or switched off. What it does not name stays as usual;
 * what is not known is refused, with its line. Stateless.
 */
public final class RulesFile {
    private static final long LARGEST = 1 << 20;
    private static final int MOST_MODELS = 1_000;
    private static final String ON = "on";
    private static final String OFF = "off";

    private RulesFile() {}

    /**
     * Reads a file.
     *
     * @throws UserError if there is none, or it holds something else
     */
    public static Thresholds read(Path path) {
        String source = "The rules' file " + path;
        try {
            if (Files.size(path) > LARGEST) {
                throw UserError.wrongUse(source + " is larger than 1 MiB.", "Use a smaller one.");
            }
            return parse(source, Files.readString(path));
        } catch (NoSuchFileException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "There is no rules' file '" + Text.plain(path.toString()) + "'.",
                    "'stoker status --show-rules' prints one to begin with.",
                    e);
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    source
                            + " can not be read: "
                            + (e instanceof MalformedInputException
                                    ? "it is no UTF-8"
                                    : Text.plain(String.valueOf(e.getMessage())))
                            + ".",
                    "Give a readable YAML file.",
                    e);
        }
    }

    /** Reads the text of a file. */
    static Thresholds parse(String source, String text) {
        Yaml.Located located;
        try {
            located = Yaml.locate(text);
        } catch (Yaml.NoYaml e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    source + " is no YAML: " + Text.plain(String.valueOf(e.getMessage()), 300),
                    "'stoker status --show-rules' shows the form.",
                    e);
        }
        Form root = new Form(source, located.lines(), located.tree());
        if (root.node().isMissingNode() || root.node().isNull()) {
            return Thresholds.usual(); // Nothing but comments.
        }
        root.only("rules", "resident");
        Set<Rule> off = EnumSet.noneOf(Rule.class);
        Map<Mark, Double> marks = new EnumMap<>(Mark.class);
        if (root.has("rules") && !root.at("rules").node().isNull()) {
            Form rules = root.at("rules");
            rules.only(Arrays.stream(Rule.values()).map(Rule::code).toArray(String[]::new));
            for (String code : rules.node().propertyNames()) {
                rule(Rule.ofCode(code).orElseThrow(), rules.at(code), off, marks);
            }
        }
        return new Thresholds(off, marks, resident(root));
    }

    private static void rule(Rule rule, Form form, Set<Rule> off, Map<Mark, Double> marks) {
        if (form.node().isString() || form.node().isBoolean()) {
            String word = form.node().asString().strip();
            if (word.equals(OFF) || word.equals("false")) {
                off.add(rule);
                return;
            }
            if (word.equals(ON) || word.equals("true")) {
                return;
            }
        }
        List<Mark> known = Mark.of(rule);
        if (!form.isObject()) {
            throw form.wrong(
                    "the word off"
                            + (known.isEmpty() ? " or on" : " or the rule's marks")
                            + " is wanted here",
                    known.isEmpty() ? "" : "Known here: " + keys(known) + ".");
        }
        form.only(known.stream().map(Mark::key).toArray(String[]::new));
        for (Mark mark : known) {
            if (form.has(mark.key())) {
                marks.put(mark, value(mark, form.at(mark.key())));
            }
        }
        requireOrder(rule, form, marks);
    }

    private static String keys(List<Mark> marks) {
        return String.join(", ", marks.stream().map(Mark::key).toList());
    }

    private static double value(Mark mark, Form form) {
        boolean written = form.node().isString() || form.node().isNumber();
        return (written
                        ? mark.unit().read(form.node().asString().strip())
                        : Optional.<Double>empty())
                .orElseThrow(() -> form.wrong(mark.unit().wanted() + " is wanted here"));
    }

    /** A warning that comes after the critical mark would never be seen. */
    private static void requireOrder(Rule rule, Form form, Map<Mark, Double> marks) {
        Mark[] pair =
                switch (rule) {
                    case GPU_MEMORY_HIGH ->
                            new Mark[] {Mark.GPU_MEMORY_WARNING, Mark.GPU_MEMORY_CRITICAL};
                    case HOST_MEMORY_HIGH ->
                            new Mark[] {Mark.HOST_MEMORY_WARNING, Mark.HOST_MEMORY_CRITICAL};
                    case GPU_TEMPERATURE_HIGH ->
                            new Mark[] {Mark.TEMPERATURE_WARNING, Mark.TEMPERATURE_CRITICAL};
                    default -> new Mark[0];
                };
        if (pair.length == 2) {
            double warning = marks.getOrDefault(pair[0], pair[0].usual());
            double critical = marks.getOrDefault(pair[1], pair[1].usual());
            if (warning > critical) {
                throw form.wrong(
                        "the warning ("
                                + pair[0].unit().write(warning)
                                + ") lies above the critical mark ("
                                + pair[1].unit().write(critical)
                                + ")");
            }
        }
    }

    private static List<String> resident(Form root) {
        if (!root.has("resident") || root.at("resident").node().isNull()) {
            return List.of();
        }
        List<String> models = new ArrayList<>();
        for (Form item : root.at("resident").items()) {
            models.add(item.text().strip());
            if (models.size() > MOST_MODELS) {
                throw item.wrong("more than " + MOST_MODELS + " models are named");
            }
        }
        return models;
    }

    /** Returns rules as a file that can be read again, with a word on each. */
    public static String write(Thresholds thresholds) {
        StringBuilder b =
                new StringBuilder("# Rules of Stoker. What is left out stays as usual.\nrules:\n");
        for (Rule rule : Rule.values()) {
            b.append("  # ").append(rule.sentence()).append("\n  ").append(rule.code()).append(':');
            List<Mark> marks = Mark.of(rule);
            if (!thresholds.isOn(rule)) {
                b.append(' ').append(OFF).append('\n');
            } else if (marks.isEmpty()) {
                b.append(' ').append(ON).append('\n');
            } else {
                b.append('\n');
                for (Mark mark : marks) {
                    b.append("    ")
                            .append(mark.key())
                            .append(": ")
                            .append(mark.unit().write(thresholds.at(mark)))
                            .append('\n');
                }
            }
        }
        b.append("# Names of models that should be in memory at all times.\nresident:");
        if (thresholds.resident().isEmpty()) {
            b.append(" []\n");
        } else {
            b.append('\n');
            for (String model : thresholds.resident()) {
                b.append("  - ").append(quoted(model)).append('\n');
            }
        }
        return b.toString();
    }

    /** In single quotes YAML knows no escape but the quote itself. */
    private static String quoted(String text) {
        return "'" + Text.plain(text).replace("'", "''") + "'";
    }
}
