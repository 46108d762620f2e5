package dev.stoker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.UserError;
import dev.stoker.gguf.GgmlType;
import dev.stoker.gguf.GgufWriter;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

class OllamaStoreTest {
    private static final String WEIGHTS = "a".repeat(64);
    private static final String PARAMS = "b".repeat(64);

    @TempDir Path root;

    @BeforeEach
    void fill() throws IOException {
        GgufWriter writer =
                GgufWriter.plain()
                        .text("general.architecture", "llama")
                        .whole("llama.block_count", 1)
                        .whole("llama.embedding_length", 64)
                        .whole("llama.attention.head_count", 2)
                        .tensor("token_embd.weight", GgmlType.F16, 64, 10);
        blob(WEIGHTS, Arrays.copyOf(writer.header(), (int) writer.length()));
        blob(PARAMS, "{\"num_ctx\": 8192, \"stop\": [\"x\"]}".getBytes());
        manifest("registry.ollama.ai/library/tiny/latest", "sha256:" + WEIGHTS);
        manifest("hf.co/some/repo/Q4_K_M", "sha256:" + WEIGHTS);
        manifest("registry.ollama.ai/library/evil/latest", "sha256:../../../etc/passwd");
        manifest("registry.ollama.ai/library/gone/latest", "sha256:" + "c".repeat(64));
    }

    private void blob(String digest, byte[] bytes) throws IOException {
        Files.createDirectories(root.resolve("blobs"));
        Files.write(root.resolve("blobs").resolve("sha256-" + digest), bytes);
    }

    private void manifest(String path, String digest) throws IOException {
        Path file = root.resolve("manifests").resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                """
                {"schemaVersion": 2, "layers": [
                  {"mediaType": "application/vnd.ollama.image.model", "digest": "%s", "size": 5},
                  {"mediaType": "application/vnd.ollama.image.params", "digest": "sha256:%s", "size": 7}]}
                """
                        .formatted(digest, PARAMS));
    }

    @Test
    void names_asPeopleWriteThem_areFound() {
        OllamaStore store = new OllamaStore(root);
        for (String name :
                new String[] {
                    "tiny", "tiny:latest", "TINY", "library/tiny", "hf.co/some/repo:q4_k_m"
                }) {
            assertThat(store.describe(name)).as(name).isPresent();
        }
        assertThat(store.describe("tiny:8b")).isEmpty();
        assertThat(store.names()).contains("tiny:latest", "hf.co/some/repo:Q4_K_M");
    }

    @Test
    void description_ofAModel_hasItsSettings() {
        ModelDescription model = new OllamaStore(root).describe("tiny").orElseThrow();
        assertThat(model.defaults()).isEqualTo(Map.of("num_ctx", "8192"));
        assertThat(model.architecture()).isEqualTo("llama");
        assertThat(model.parameters().value()).isEqualTo(640);
    }

    @Test
    void names_thatLeaveTheStore_areNone() {
        OllamaStore store = new OllamaStore(root);
        assertThat(store.describe("../../etc/passwd")).isEmpty();
        assertThat(store.describe("a/../b")).isEmpty();
        assertThat(store.describe("")).isEmpty();
    }

    @Test
    void manifest_thatIsBroken_isToldInASentence() {
        OllamaStore store = new OllamaStore(root);
        assertThatThrownBy(() -> store.describe("evil"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("no digest");
        assertThatThrownBy(() -> store.describe("gone"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("is missing");
    }
}
