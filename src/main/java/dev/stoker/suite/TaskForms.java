package dev.stoker.suite;

import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.json.Form;
import dev.stoker.json.Json;
import dev.stoker.suite.check.Check;
import dev.stoker.suite.check.JsonSchema;
import dev.stoker.suite.check.SituationCheck;
import dev.stoker.suite.picture.Drawing;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Reads tests as suites and the files of runs write them. */
public final class TaskForms {
    private static final long USUAL_TOKENS = 256;
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,39}";

    private final Path folder;

    /**
     * @param folder where relative paths of pictures start
     */
    TaskForms(Path folder) {
        this.folder = folder;
    }

    /**
     * Reads a test back from a run's own files. Pictures are not looked at before they are sent.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Task read(JsonNode form) {
        try {
            return new TaskForms(Path.of("")).task(new Form("the test", Map.of(), form));
        } catch (UserError e) {
            throw new IllegalArgumentException(e.sentence(), e);
        }
    }

    Task task(Form form) {
        form.only(
                "name",
                "system",
                "prompt",
                "turns",
                "images",
                "pictures",
                "max_tokens",
                "temperature",
                "think",
                "answer_schema",
                "haystack",
                "checks");
        String name = form.text("name");
        List<Check> checks = new ArrayList<>();
        if (form.has("checks")) {
            form.at("checks").items().forEach(c -> checks.add(CheckForms.read(c)));
        }
        Optional<Haystack> haystack = form.maybe("haystack").map(TaskForms::haystack);
        if (haystack.isPresent()) {
            checks.add(SituationCheck.wholePrompt());
        }
        List<Picture> pictures = new ArrayList<>();
        ObjectNode kept = form.node().asObject().deepCopy();
        pictures(form, kept, pictures);
        return new Task(
                name,
                Json.write(kept),
                form.maybe("system").map(Form::text),
                turns(form),
                pictures,
                form.maybe("max_tokens").map(m -> m.whole(1, 1_000_000)).orElse(USUAL_TOKENS),
                form.maybe("temperature")
                        .map(t -> OptionalDouble.of(t.number(0, 2)))
                        .orElse(OptionalDouble.empty()),
                form.maybe("think").map(Form::truth),
                form.maybe("answer_schema").map(s -> schema(s, form)),
                haystack,
                checks);
    }

    /** Names become parts of lines and of CSV: those that people write are short and plain. */
    static void requirePlain(Form form) {
        if (!form.text("name").matches(NAME)) {
            throw form.at("name")
                    .wrong(
                            "this name is too long, or has other characters than letters, digits,"
                                    + " '.', '_' and '-'");
        }
    }

    private static List<String> turns(Form form) {
        if (form.has("prompt") == form.has("turns")) {
            throw form.wrong(
                    "a test has either a prompt or turns",
                    "Write 'prompt: …' for one question, 'turns: […]' for a conversation.");
        }
        return form.has("prompt") ? List.of(form.text("prompt")) : form.at("turns").texts();
    }

    private static Haystack haystack(Form form) {
        form.only("tokens", "depth", "needle");
        return new Haystack(
                (int) form.at("tokens").whole(Haystack.SHORTEST, 10_000_000),
                form.at("depth").number(0, 1),
                form.text("needle"));
    }

    /** The word true stands for the schema of the test's own check. */
    private static String schema(Form schema, Form test) {
        if (schema.node().isBoolean()) {
            schema.isTrue();
            for (Form check : test.has("checks") ? test.at("checks").items() : List.<Form>of()) {
                if (check.has("json")) {
                    return check.at("json").at("schema").json();
                }
            }
            throw schema.wrong("there is no json check whose schema it could be");
        }
        try {
            JsonSchema.of(schema.node());
        } catch (IllegalArgumentException e) {
            throw schema.wrong("the schema can not be used: " + e.getMessage());
        }
        return schema.json();
    }

    private void pictures(Form form, ObjectNode kept, List<Picture> pictures) {
        if (form.has("images")) {
            JsonNode list = kept.putArray("images");
            for (Form image : form.at("images").items()) {
                Picture.Stored stored = image.isObject() ? kept(image) : look(image);
                pictures.add(stored);
                list.asArray()
                        .addObject()
                        .put("path", stored.path().toString())
                        .put("sha256", stored.sha256());
            }
        }
        if (form.has("pictures")) {
            for (Form picture : form.at("pictures").items()) {
                try {
                    pictures.add(new Picture.Drawn(Drawing.of(picture.node())));
                } catch (IllegalArgumentException e) {
                    throw picture.wrong(
                            "the picture can not be drawn: " + e.getMessage(),
                            "docs/suite.md lists what can be drawn.");
                }
            }
        }
    }

    private static Picture.Stored kept(Form image) {
        image.only("path", "sha256");
        return new Picture.Stored(Path.of(image.text("path")), image.text("sha256"));
    }

    private Picture.Stored look(Form image) {
        Path path = folder.resolve(image.text());
        try {
            return Picture.Stored.look(path);
        } catch (IOException e) {
            throw image.wrong(
                    "the picture "
                            + path
                            + " can not be used: "
                            + Text.plain(
                                    e instanceof NoSuchFileException
                                            ? "there is none"
                                            : String.valueOf(e.getMessage())),
                    "Paths are relative to the suite's file.");
        }
    }
}
