package dev.stoker.sim.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.UserError;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Box files: the built-in ones are right, wrong ones are refused with the place. */
class BoxFileTest {
    @ParameterizedTest
    @ValueSource(strings = {"thor", "dual", "a10g", "rtx5080", "cpu"})
    void builtIn_everyBox_isReadWithItsName(String name) {
        Box box = BoxFile.load(name);
        assertThat(box.name()).isEqualTo(name);
        assertThat(box.models()).isNotEmpty();
        assertThat(box.models())
                .extracting(ModelSpec::digest)
                .allMatch(d -> d.matches("[0-9a-f]{64}"));
        assertThat(box.models()).extracting(ModelSpec::digest).doesNotHaveDuplicates();
    }

    @Test
    void unknownKey_isRefusedByName() throws IOException {
        String wrong = thor().replace("swap: 0", "swop: 0");
        assertThatThrownBy(() -> BoxFile.parse(wrong))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("swop");
    }

    @Test
    void missingKey_isNamed() throws IOException {
        String wrong = thor().replace("  memory: 128GB\n", "");
        assertThatThrownBy(() -> BoxFile.parse(wrong))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("memory");
    }

    @Test
    void ownFile_isReadByItsPath(@TempDir Path folder) throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("mine.yaml"), thor().replace("name: thor", "name: mine"));
        assertThat(BoxFile.load(file.toString()).name()).isEqualTo("mine");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no-such-box", "/dev/null/x"})
    void missingFile_isOneSentence(String name) {
        assertThatThrownBy(() -> BoxFile.load(name))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("There is no box");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "]", "just text", "[1, 2]", "name: x"})
    void noBox_isRefused(String text) {
        assertThatThrownBy(() -> BoxFile.parse(text)).isInstanceOf(UserError.class);
    }

    @Test
    void model_withoutTag_meansLatest() {
        assertThat(BoxFile.load("thor").model("phi4")).isEmpty();
        assertThat(BoxFile.load("thor").model("PHI4:14b")).isPresent();
    }

    private static String thor() throws IOException {
        try (InputStream in =
                BoxFile.class.getResourceAsStream("/dev/stoker/sim/boxes/thor.yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
