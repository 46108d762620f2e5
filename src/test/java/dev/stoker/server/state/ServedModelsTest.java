package dev.stoker.server.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Reading;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class ServedModelsTest {
    private static final String HEX =
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";

    private static void manifest(Path store, String name, String digest) throws IOException {
        Path file = store.resolve("manifests").resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                """
                {"schemaVersion":2,"config":{"digest":"sha256:00"},"layers":[
                {"mediaType":"application/vnd.ollama.image.template","digest":"sha256:%s"},
                {"mediaType":"application/vnd.ollama.image.model","digest":"sha256:%s"}]}
                """
                        .formatted("1".repeat(64), digest));
    }

    @Test
    void manifests_ofAStore_nameEachBlobByAllItsNames(@TempDir Path store) throws IOException {
        manifest(store, "registry.ollama.ai/library/smollm2/135m", HEX);
        manifest(store, "registry.ollama.ai/library/alias/latest", HEX);
        manifest(store, "registry.ollama.ai/me/own/v1", HEX);
        manifest(store, "hf.co/you/it/q4", HEX);
        manifest(store, "registry.ollama.ai/library/other/latest", "2".repeat(64));
        Files.writeString(store.resolve("manifests/registry.ollama.ai/broken"), "{");
        assertThat(OllamaManifests.namesOf(store + "/blobs/sha256-" + HEX))
                .containsExactly("alias:latest", "hf.co/you/it:q4", "me/own:v1", "smollm2:135m");
    }

    @Test
    void file_inNoStore_hasNoNames(@TempDir Path folder) {
        assertThat(OllamaManifests.namesOf(folder + "/model.gguf")).isEmpty();
        assertThat(OllamaManifests.namesOf(folder + "/blobs/sha256-" + HEX)).isEmpty();
        assertThat(OllamaManifests.namesOf("sha256-" + HEX)).isEmpty();
        assertThat(OllamaManifests.namesOf("/a\0/blobs/sha256-" + HEX)).isEmpty();
    }

    @Test
    void models_ofServers_areFoundByProcessAndFile() {
        ModelState blob =
                new ModelDraft("a", "not told")
                        .file(Reading.known("/root/.ollama/models/blobs/sha256-" + HEX))
                        .runnerPid(Reading.known(12L))
                        .done();
        ModelState plain = new ModelDraft("b", "not told").file(Reading.known("/m/b.gguf")).done();
        ServedModels models = ServedModels.of(List.of(States.at(1, States.none(), blob, plain)));
        assertThat(models.ofProcess(12).orElseThrow().name()).isEqualTo("a");
        assertThat(models.ofProcess(13)).isEmpty();
        assertThat(models.ofFile("/var/lib/docker/x/blobs/sha256-" + HEX))
                .extracting(ServedModels.Served::name)
                .containsExactly("a");
        assertThat(models.ofFile("/m/b.gguf")).hasSize(1);
        assertThat(models.ofFile("/elsewhere/b.gguf")).isEmpty();
    }
}
