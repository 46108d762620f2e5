package dev.stoker.plan.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;

import dev.stoker.base.Clock;
import dev.stoker.gguf.GgmlType;
import dev.stoker.gguf.GgufWriter;
import dev.stoker.http.Endpoint;
import dev.stoker.model.ModelDescription;
import dev.stoker.server.ApiKey;
import dev.stoker.server.ServerConnection;
import dev.stoker.server.ServerKind;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Models of a router and of a vLLM, whose files lie on this host. */
@Timeout(60)
class ServedModelsSourcesTest {
    private final Map<String, String> pages = new ConcurrentHashMap<>();

    @TempDir Path folder;
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    String page = pages.get(exchange.getRequestURI().toString());
                    byte[] bytes = (page == null ? "{}" : page).getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(page == null ? 404 : 200, bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private ServerConnection connection(ServerKind kind) {
        return new ServerConnection(
                kind,
                Endpoint.parse("http://127.0.0.1:" + server.getAddress().getPort()),
                Clock.system(),
                ApiKey.none());
    }

    private Path gguf() throws IOException {
        GgufWriter writer =
                GgufWriter.plain()
                        .text("general.architecture", "llama")
                        .whole("llama.block_count", 1)
                        .whole("llama.context_length", 512)
                        .whole("llama.embedding_length", 64)
                        .whole("llama.feed_forward_length", 128)
                        .whole("llama.attention.head_count", 4)
                        .tensor("token_embd.weight", GgmlType.F16, 64, 100);
        Path file = folder.resolve("tiny.gguf");
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.write(writer.header());
            out.setLength(writer.length());
        }
        return file;
    }

    @Test
    void router_unloadedModel_isReadFromTheFileItWouldStart() throws IOException {
        pages.put("/props", "{\"role\":\"router\",\"model_path\":\"none\"}");
        pages.put(
                "/v1/models",
                "{\"data\":[{\"id\":\"other\",\"status\":{\"value\":\"loaded\"}},"
                        + "{\"id\":\"tiny\",\"aliases\":[\"small\"],\"status\":"
                        + "{\"value\":\"unloaded\",\"args\":[\"x\",\"--model\",\""
                        + gguf()
                        + "\"]}}]}");
        LlamaServerModels models = new LlamaServerModels(connection(ServerKind.LLAMA_ROUTER), true);

        assertThat(models.describe("tiny").orElseThrow().model().architecture()).isEqualTo("llama");
        assertThat(models.describe("small")).isPresent();
        assertThat(models.describe("other").orElseThrow().model().shape().isKnown()).isFalse();
        assertThat(models.describe("nothing")).isEmpty();
        assertThat(models.describe("")).isEmpty();
    }

    @Test
    void vllm_folderOfThisHost_isRead() throws IOException {
        Path model = Files.createDirectory(folder.resolve("llama"));
        Files.writeString(
                model.resolve("config.json"),
                "{\"architectures\":[\"LlamaForCausalLM\"],\"model_type\":\"llama\","
                        + "\"hidden_size\":64,\"intermediate_size\":128,"
                        + "\"num_attention_heads\":4,\"num_hidden_layers\":2,"
                        + "\"num_key_value_heads\":2,\"vocab_size\":100,"
                        + "\"torch_dtype\":\"bfloat16\",\"max_position_embeddings\":512}");
        pages.put(
                "/v1/models",
                "{\"data\":[{\"id\":\"chat\",\"root\":\""
                        + model
                        + "\",\"parent\":null},{\"id\":\"lora\",\"root\":\"/x\","
                        + "\"parent\":\"chat\"},{\"id\":\"named\",\"root\":\"org/name\"}]}");
        VllmModels models = new VllmModels(connection(ServerKind.VLLM), true, this::cached);

        assertThat(models.describe("chat").orElseThrow().architecture()).isNotBlank();
        assertThat(models.describe("lora")).isEmpty();
        assertThat(models.describe("named")).isEmpty();
        assertThat(asked).isEqualTo("org/name");
        assertThat(
                        new VllmModels(connection(ServerKind.VLLM), false, this::cached)
                                .describe("chat"))
                .isEmpty();
    }

    private String asked = "";

    private Optional<ModelDescription> cached(String name) {
        asked = name;
        return Optional.empty();
    }
}
