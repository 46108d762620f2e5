package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import dev.stoker.base.UserError;
import dev.stoker.gguf.GgmlType;
import dev.stoker.gguf.GgufWriter;
import dev.stoker.history.RunStore;
import dev.stoker.history.Stores;
import dev.stoker.json.Json;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import picocli.CommandLine;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

class PlanCommandTest {
    @TempDir Path folder;

    private Path model;
    private String out = "";
    private String err = "";

    /** 8 layers of 1024, 4 of 16 heads keep keys and values: 8192 bytes a token at 16 bits. */
    @BeforeEach
    void write() throws IOException {
        GgufWriter writer =
                GgufWriter.plain()
                        .text("general.architecture", "llama")
                        .whole("llama.block_count", 8)
                        .whole("llama.context_length", 32_768)
                        .whole("llama.embedding_length", 1024)
                        .whole("llama.feed_forward_length", 4096)
                        .whole("llama.attention.head_count", 16)
                        .whole("llama.attention.head_count_kv", 4)
                        .texts("tokenizer.ggml.tokens", 32_000)
                        .tensor("token_embd.weight", GgmlType.Q8_0, 1024, 32_000)
                        .tensor("output.weight", GgmlType.Q8_0, 1024, 32_000);
        for (int i = 0; i < 8; i++) {
            writer.tensor("blk." + i + ".attn_q.weight", GgmlType.Q4_K, 1024, 1024)
                    .tensor("blk." + i + ".ffn_down.weight", GgmlType.Q4_K, 4096, 1024);
        }
        model = folder.resolve("tiny.gguf");
        try (RandomAccessFile file = new RandomAccessFile(model.toFile(), "rw")) {
            file.write(writer.header());
            file.setLength(writer.length());
        }
    }

    private int run(String... arguments) {
        PlanCommand command =
                new PlanCommand(
                        _ -> {
                            throw new AssertionError("this machine was looked at");
                        },
                        (_, _) -> {
                            throw UserError.wrongUse("No server answers.", "");
                        },
                        new NoStores(),
                        Map.of("HOME", folder.toString(), "COLUMNS", "100"));
        CommandLine line = StokerCommand.commandLine(Map.of("plan", () -> command), "plan");
        StringWriter o = new StringWriter();
        StringWriter e = new StringWriter();
        line.setOut(new PrintWriter(o)).setErr(new PrintWriter(e));
        List<String> all = new ArrayList<>(List.of("plan"));
        all.addAll(Arrays.asList(arguments));
        int code = line.execute(all.toArray(String[]::new));
        out = o.toString();
        err = e.toString();
        return code;
    }

    /** Fails when a store is opened. */
    private static final class NoStores implements Stores {
        @Override
        public RunStore open(String address, Access access) {
            throw new AssertionError("a store was opened");
        }

        @Override
        public String name(String address) {
            return address;
        }
    }

    private JsonNode json() {
        JsonNode json = Json.parse(out).orElseThrow(() -> new AssertionError(out + err));
        try {
            Schema schema =
                    SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                            .getSchema(Files.readString(Path.of("docs/schemas/plan.schema.json")));
            assertThat(schema.validate(json)).isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return json;
    }

    @ParameterizedTest
    @CsvSource({
        "--yes, what --calibrate asks",
        "--least-speed 20, is for --advise",
        "--use 0.5, no price was given",
        "--watts 300, no price was given",
        "--show --price 725/month, plans nothing",
        "--advise --exact, without --exact and costs",
        "--advise --price 725/month, without --exact and costs",
    })
    void options_thatNothingWouldUse_areRefused(String words, String why) {
        List<String> all = new ArrayList<>(List.of(model.toString(), "--gpu", "L4"));
        all.addAll(List.of(words.split(" ", -1)));

        assertThat(run(all.toArray(String[]::new))).isEqualTo(2);

        assertThat(err).contains(why);
    }

    @Test
    void calibrate_nobodyToAsk_nothingStarted() throws IOException {
        Path program = folder.resolve("llama-server");
        Files.writeString(program, "#!/bin/sh\ntouch " + folder.resolve("started") + "\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();

        assertThat(
                        run(
                                model.toString(),
                                "--calibrate",
                                "--gpu",
                                "L4",
                                "--llama-server",
                                program.toString()))
                .isEqualTo(4);

        assertThat(err).contains(program + " -m " + model).contains("nothing was done");
        assertThat(folder.resolve("started")).doesNotExist();
    }

    @Test
    void calibrate_serverThatEnds_saysWhatItSaid() throws IOException {
        Path program = folder.resolve("llama-server");
        Files.writeString(program, "#!/bin/sh\necho 'error: no such model'\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();

        assertThat(
                        run(
                                model.toString(),
                                "--calibrate",
                                "--yes",
                                "--gpu",
                                "L4",
                                "--llama-server",
                                program.toString()))
                .isEqualTo(3);

        assertThat(err).contains("did not start with this model").contains("no such model");
    }

    @Test
    void show_asJson_isAsTheSchemaSays() {
        assertThat(run(model.toString(), "--show", "--json")).isZero();
        assertThat(json().path("schema").asString()).isEqualTo("stoker.plan.model");
    }

    @Test
    void plan_asJson_hasWhatItsSchemaSays() {
        assertThat(run(model.toString(), "--gpu", "L4", "--ctx", "4096", "--json")).isZero();
        JsonNode plan = json();
        assertThat(plan.at("/model/architecture").asString()).isEqualTo("llama");
        assertThat(plan.at("/model/path").asString()).isEqualTo(model.toString());
        assertThat(plan.path("fits").asString()).isEqualTo("full");
        assertThat(plan.path("gpu_layers").asInt()).isEqualTo(9);
        assertThat(plan.path("max_context").asLong()).isEqualTo(32_768);
        assertThat(plan.at("/devices")).hasSize(2);
        long kv = 0;
        long total = 0;
        for (JsonNode item : plan.at("/devices/0/items")) {
            assertThat(item.path("low_bytes").asLong())
                    .isLessThanOrEqualTo(item.path("bytes").asLong());
            assertThat(item.path("high_bytes").asLong())
                    .isGreaterThanOrEqualTo(item.path("bytes").asLong());
            kv += item.path("kind").asString().equals("kv") ? item.path("bytes").asLong() : 0;
            total +=
                    item.path("kind").asString().equals("margin") ? 0 : item.path("bytes").asLong();
        }
        assertThat(kv).isEqualTo(8192L * 4096);
        assertThat(total).isEqualTo(plan.at("/devices/0/total_bytes").asLong());
        assertThat(plan.at("/speed/low").asDouble())
                .isLessThan(plan.at("/speed/decode_tokens_per_second").asDouble());
    }

    @Test
    void plan_forOllama_tellsItsBelief() {
        assertThat(run(model.toString(), "--for", "ollama", "--gpu", "L4", "--json")).isZero();
        assertThat(json().at("/ollama/num_ctx").asLong()).isEqualTo(4096);
        assertThat(json().at("/ollama/predicted_bytes").asLong())
                .isEqualTo(model.toFile().length() + 8192L * 4096);
        assertThat(json().at("/ollama/would_evict")).isEmpty();
    }

    @Test
    void plan_tooLarge_isPartialThenNo() {
        assertThat(
                        run(
                                model.toString(),
                                "--gpu-memory",
                                "1100MiB",
                                "--bandwidth",
                                "100",
                                "--ctx",
                                "32768",
                                "--json"))
                .isZero();
        assertThat(json().path("fits").asString()).isEqualTo("partial");
        assertThat(
                        run(
                                model.toString(),
                                "--gpu-memory",
                                "1100MiB",
                                "--bandwidth",
                                "100",
                                "--ram",
                                "128MiB",
                                "--ctx",
                                "32768",
                                "--json"))
                .isEqualTo(1);
        assertThat(json().path("fits").asString()).isEqualTo("no");
    }

    @Test
    void largestContext_serverMayNotFit_isWhatTheDeviceHasRoomFor() {
        List<String> common =
                List.of(
                        model.toString(),
                        "--gpu-memory",
                        "2GiB",
                        "--bandwidth",
                        "100",
                        "--parallel",
                        "8",
                        "--json");
        assertThat(run(common.toArray(String[]::new))).isZero();
        long fitted = json().path("max_context").asLong();
        List<String> unfitted = new ArrayList<>(common);
        unfitted.add("--no-fit");
        assertThat(run(unfitted.toArray(String[]::new))).isZero();
        assertThat(json().path("max_context").asLong()).isGreaterThan(fitted);
    }

    @Test
    void plan_forAPerson_fitsItsTerminal() {
        assertThat(run(model.toString(), "--gpu", "L4", "--price", "725/month")).isZero();
        assertThat(out)
                .contains("fits with llama-server on L4", "weights", "exact", "Largest context")
                .contains("Cost: 725", "llama-server --model");
        assertThat(
                        out.lines()
                                .filter(line -> !line.contains("--model"))
                                .mapToInt(String::length)
                                .max()
                                .orElse(0))
                .isLessThanOrEqualTo(100);
    }

    @Test
    void severalModels_onOneGpu_areASet() {
        assertThat(
                        run(
                                model.toString(),
                                model.toString(),
                                "--gpu",
                                "L4",
                                "--for",
                                "ollama",
                                "--json"))
                .isZero();
        assertThat(json().path("plans")).hasSize(2);
        assertThat(json().at("/set/all").asBoolean()).isTrue();
        assertThat(json().at("/set/placed")).hasSize(2);
        assertThat(json().at("/plans/0/start").toString()).contains("OLLAMA_KEEP_ALIVE=-1");
    }

    @Test
    void fourModels_onOneGpu_areToldHowOllamaKeepsThem() {
        String name = model.toString();
        assertThat(run(name, name, name, name, "--gpu", "L4", "--for", "ollama")).isZero();
        assertThat(out).contains("all 4 stay together");
        assertThat(out.replaceAll("\\s+", " "))
                .contains("would evict", "OLLAMA_MAX_LOADED_MODELS=4 keeps them")
                .contains("Environment=\"OLLAMA_MAX_LOADED_MODELS=4\"");
    }

    @Test
    void setThatFitsInPart_forAPerson_namesTheOrderOfThoseThatStayAndOneDropIn() {
        assertThat(
                        run(
                                model.toString(),
                                model.toString(),
                                "--gpu-memory",
                                "2GiB",
                                "--bandwidth",
                                "100",
                                "--ctx",
                                "32768",
                                "--for",
                                "ollama"))
                .isEqualTo(1);
        assertThat(out).contains("1 of 2 stay together", "no room", "--ctx 8192");
        assertThat(out.lines().filter(l -> l.contains("[Service]"))).hasSize(1);
        assertThat(out.lines().filter(l -> l.startsWith("Load them")).findFirst().orElseThrow())
                .doesNotContain(",");
    }

    @Test
    void advice_forAGpu_recommendsOne() {
        assertThat(run(model.toString(), "--advise", "--gpu", "L4", "--json")).isZero();
        assertThat(json().at("/advice/recommended").asString()).isNotBlank();
        assertThat(json().at("/advice/rows").size()).isGreaterThan(5);
    }

    @Test
    void show_ofAModel_listsWhatItIs() {
        assertThat(run(model.toString(), "--show")).isZero();
        assertThat(out)
                .contains("key-value heads", "4", "embeddings", "Q8_0", "8.0 KiB at 16 bits");
    }

    @Test
    void wrongUse_inManyWays_isOneSentence() {
        assertThat(run("nothing.gguf", "--gpu", "L4")).isEqualTo(2);
        assertThat(err).contains("There is no file");
        assertThat(run("nothing", "--gpu", "L4")).isEqualTo(2);
        assertThat(err).contains("No model 'nothing' was found");
        assertThat(run(model.toString(), "--gpu", "L4", "--kv", "q9")).isEqualTo(2);
        assertThat(run(model.toString(), "--gpu", "L")).isEqualTo(2);
        assertThat(run(model.toString(), "--gpu", "L4", "--box", "thor")).isEqualTo(2);
        assertThat(run(model.toString(), "--gpu", "L4", "--for", "vllm")).isEqualTo(2);
        assertThat(run(model.toString(), "--gpu", "L4", "--price", "cheap")).isEqualTo(2);
        assertThat(err).doesNotContain("\tat ");
    }
}
