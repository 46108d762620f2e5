package dev.stoker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@code stoker bench --json} against one server, with a results folder and prompts of its own, and
 * the run's files at hand. Every wait is bounded. Safe for one thread.
 */
final class BenchCli implements AutoCloseable {
    /** For a whole run of both models on a busy machine. */
    static final Duration LIMIT = Duration.ofMinutes(4);

    /** For a step of a run. */
    static final Duration STEP = Duration.ofSeconds(90);

    private static final Schema SCHEMA = schema();

    private final StokerCli stoker = new StokerCli();
    private final Path results = stoker.folder("results");
    private final Path prompts = stoker.folder("prompts").resolve("prompts.json");
    private final ArrayNode set = Json.array();
    private final URI server;

    BenchCli(URI server) {
        this.server = server;
    }

    /** Adds a prompt to the set; without any the set is one short and one longer answer. */
    BenchCli prompt(String name, String text, int tokens) {
        set.addObject().put("name", name).put("prompt", text).put("max_tokens", tokens);
        return this;
    }

    /** A prompt that both models answer at length, until they are cut off. */
    BenchCli longAnswer(String name, int tokens) {
        return prompt(name, "Explain in detail how a lighthouse works.", tokens);
    }

    BenchCli environment(String name, String value) {
        stoker.environment(name, value);
        return this;
    }

    /** See {@link StokerCli#fileLimit}. */
    BenchCli fileLimit(int kib) {
        stoker.fileLimit(kib);
        return this;
    }

    Path results() {
        return results;
    }

    /** A further folder of this test. */
    Path folder(String name) {
        return stoker.folder(name);
    }

    /** The words of a measuring call: the server, the results, the prompts, JSON, one iteration. */
    private List<String> measuring(String... more) {
        List<String> words = new ArrayList<>(List.of("bench", "--server", server.toString()));
        words.addAll(List.of("--prompts", promptFile().toString(), "--json"));
        if (!List.of(more).contains("--iterations")) {
            words.addAll(List.of("--iterations", "1"));
        }
        if (!List.of(more).contains("--results")) {
            words.addAll(List.of("--results", results.toString()));
        }
        words.addAll(List.of(more));
        return words;
    }

    /** Starts a run; one iteration, unless told otherwise. */
    StokerCli.Running start(String... options) {
        return stoker.start(measuring(options).toArray(String[]::new));
    }

    /** Runs to the end. */
    StokerCli.Result run(String... options) {
        return start(options).await(LIMIT);
    }

    /** {@code stoker bench} with the results folder and these words alone, for old runs. */
    StokerCli.Result earlier(String... options) {
        List<String> words = new ArrayList<>(List.of("bench", "--results", results.toString()));
        words.addAll(List.of(options));
        return stoker.run(LIMIT, words.toArray(String[]::new));
    }

    /** {@code stoker} with these words alone. */
    StokerCli.Running bare(String... words) {
        return stoker.start(words);
    }

    /** The document of a run, as Markdown. */
    String page(String run) {
        Path file = results.resolve("page.md");
        StokerCli.Result written =
                stoker.run(
                        LIMIT,
                        "report",
                        "--results",
                        results.toString(),
                        run,
                        "--markdown",
                        file.toString());
        assertThat(written.exitCode()).as(written.stderr()).isZero();
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The report on standard output, which always keeps to the published schema. */
    static JsonNode report(StokerCli.Result result) {
        JsonNode report = parse(result);
        assertThat(SCHEMA.validate(report)).as(result.stdout()).isEmpty();
        return report;
    }

    private static Schema schema() {
        Path file = StokerCli.checkout().resolve("docs/schemas/bench.schema.json");
        try {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode parse(StokerCli.Result result) {
        return Json.parse(result.stdout())
                .orElseThrow(() ->
                        new AssertionError(
                                "no JSON on standard output: "
                                        + result.stdout()
                                        + "\n--- stderr:\n"
                                        + result.stderr()));
    }

    /** One model of a report. */
    static JsonNode model(JsonNode report, String name) {
        return report.path("models")
                .valueStream()
                .filter(m -> m.path("name").asString("").equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + report));
    }

    static String outcome(JsonNode report, String name) {
        return model(report, name).path("outcome").asString("");
    }

    /** The folders of the runs, oldest first. */
    List<Path> runs() {
        try (Stream<Path> folders = Files.list(results)) {
            return folders.filter(f -> Files.isRegularFile(f.resolve("run.json")))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The events of the only run, as far as they are on the disk. */
    List<JsonNode> events() {
        List<Path> runs = runs();
        if (runs.isEmpty()) {
            return List.of();
        }
        assertThat(runs).hasSize(1);
        Path file = runs.getFirst().resolve("events.jsonl");
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            return Files.readAllLines(file).stream()
                    .flatMap(line -> Json.parse(line).stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<JsonNode> events(String type) {
        return events().stream().filter(e -> e.path("type").asString("").equals(type)).toList();
    }

    List<JsonNode> events(String type, String model) {
        return events(type).stream()
                .filter(e -> e.path("model").asString("").equals(model))
                .toList();
    }

    /** The good measured requests on the disk, as {@code model/prompt/iteration}. */
    List<String> finished() {
        return events("request").stream()
                .filter(e ->
                        e.path("iteration").asInt(0) > 0
                                && e.path("trace").path("ok").asBoolean(false))
                .map(e ->
                        e.path("model").asString("")
                                + "/"
                                + e.path("prompt").asString("")
                                + "/"
                                + e.path("iteration").asInt(0))
                .toList();
    }

    /** Waits until so many requests of the model are on the disk, the warm-up included. */
    void awaitRequests(StokerCli.Running run, String model, int count) {
        Waiting.until(
                count + " requests of " + model,
                STEP,
                () -> {
                    if (!run.isRunning()) {
                        throw new AssertionError(
                                "the run ended before: " + run.stdout() + run.stderr());
                    }
                    return events("request", model).size() >= count;
                },
                () -> "\n" + events() + "\n" + run.stderr());
    }

    private Path promptFile() {
        if (set.isEmpty()) {
            prompt("short", "Count from one to ten.", 16);
            longAnswer("longer", 48);
        }
        try {
            return Files.writeString(prompts, Json.write(set));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stoker.close();
    }
}
