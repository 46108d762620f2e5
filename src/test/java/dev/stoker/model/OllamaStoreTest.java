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

    private void manifestOf(String path, String json) throws IOException {
        Path file = root.resolve("manifests").resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, json);
    }

    @Test
    void name_withHostAndPort_isFound() throws IOException {
        manifest("localhost:5000/team/model/v1", "sha256-" + WEIGHTS);
        OllamaStore store = new OllamaStore(root);
        assertThat(store.describe("localhost:5000/team/model:v1")).isPresent();
        assertThat(store.describe("http://localhost:5000/team/model:v1")).isPresent();
        assertThat(store.describe("https://hf.co/some/repo:Q4_K_M")).isPresent();
        assertThat(store.describe("a/b/c/d:v1")).isEmpty();
    }

    @Test
    void names_areShort_andLeaveOutWhatIsNoModel() throws IOException {
        manifest("registry.ollama.ai/someone/tuned/8b", "sha256:" + WEIGHTS);
        manifest("registry.ollama.ai/library/.hidden/latest", "sha256:" + WEIGHTS);
        Files.writeString(root.resolve("manifests/registry.ollama.ai/library/.DS_Store"), "");
        assertThat(new OllamaStore(root).names())
                .containsExactly(
                        "evil:latest",
                        "gone:latest",
                        "hf.co/some/repo:Q4_K_M",
                        "someone/tuned:8b",
                        "tiny:latest");
    }

    @Test
    void sidecars_areDescribed() throws IOException {
        String projector = "d".repeat(64);
        String draft = "e".repeat(64);
        GgufWriter clip =
                GgufWriter.plain()
                        .text("general.architecture", "clip")
                        .tensor("v.patch_embd.weight", GgmlType.F16, 64, 10);
        blob(projector, clip.bytes());
        blob(draft, GgufWriter.plain().text("general.architecture", "eagle3").bytes());
        manifestOf(
                "registry.ollama.ai/library/sees/latest",
                """
                {"layers": [
                  {"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:%s"},
                  {"mediaType": "application/vnd.ollama.image.projector", "digest": "sha256:%s"},
                  {"mediaType": "application/vnd.ollama.image.draft", "digest": "sha256:%s"},
                  {"mediaType": "application/vnd.ollama.image.license", "digest": "nonsense"}]}
                """
                        .formatted(WEIGHTS, projector, draft));
        ModelDescription model = new OllamaStore(root).describe("sees").orElseThrow();
        assertThat(model.sidecars())
                .extracting(Sidecar::kind)
                .containsExactly(Sidecar.Kind.PROJECTOR, Sidecar.Kind.DRAFT);
        assertThat(model.sidecars().getFirst().tensors()).hasSize(1);
        assertThat(model.defaults()).isEmpty();
    }

    @Test
    void cloudModel_andSafetensors_areSaidSo() throws IOException {
        String config = "f".repeat(64);
        blob(config, "{\"remote_host\": \"https://ollama.com:443\"}".getBytes());
        manifestOf(
                "registry.ollama.ai/library/far/cloud",
                "{\"config\": {\"digest\": \"sha256:" + config + "\"}, \"layers\": []}");
        manifestOf(
                "registry.ollama.ai/library/mlx/latest",
                "{\"layers\": [{\"mediaType\": \"application/vnd.ollama.image.tensor\"}]}");
        OllamaStore store = new OllamaStore(root);
        assertThatThrownBy(() -> store.describe("far:cloud"))
                .isInstanceOf(UserError.class)
                .hasMessage("far:cloud runs in the cloud: it takes no memory here.");
        assertThatThrownBy(() -> store.describe("mlx"))
                .isInstanceOf(UserError.class)
                .hasMessage("mlx has no GGUF file: its weights are stored as safetensors.");
    }

    @Test
    void manifest_thatIsNoJson_orTooLong_isRefused() throws IOException {
        manifestOf("registry.ollama.ai/library/text/latest", "not json");
        manifestOf("registry.ollama.ai/library/long/latest", " ".repeat((4 << 20) + 1));
        manifestOf("registry.ollama.ai/library/list/latest", "[]");
        OllamaStore store = new OllamaStore(root);
        assertThatThrownBy(() -> store.describe("text"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("it is no JSON");
        assertThatThrownBy(() -> store.describe("long"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("it has more than 4 MiB");
        assertThatThrownBy(() -> store.describe("list"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("has no GGUF file");
    }

    @Test
    void stores_areFoundByTheEnvironment() throws IOException {
        Path home = Files.createDirectories(root.resolve("home"));
        Files.createDirectories(home.resolve(".ollama/models/manifests"));
        Map<String, String> env =
                Map.of("OLLAMA_MODELS", " \"" + root + "\" ", "HOME", home.toString());
        assertThat(OllamaStore.found(env).stream().map(OllamaStore::root))
                .startsWith(root, home.resolve(".ollama/models"));
        assertThat(OllamaStore.found(Map.of("OLLAMA_MODELS", "\0", "HOME", "/nowhere")))
                .noneMatch(s -> s.root().startsWith(root));
    }

    @Test
    void size_isTheSumOfAllLayers() {
        OllamaStore store = new OllamaStore(root);
        assertThat(store.size("tiny").value().count()).isEqualTo(12);
        assertThat(store.size("none").isKnown()).isFalse();
    }
}
