package dev.stoker.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

class JsonLinesTest {
    @TempDir Path folder;

    private Path file() {
        return folder.resolve("lines.jsonl");
    }

    private static Optional<Integer> number(JsonNode node) {
        return node.path("n").isInt() ? Optional.of(node.path("n").asInt()) : Optional.empty();
    }

    @Test
    void open_fileWithATornLine_nextLineHasALineOfItsOwn() throws IOException {
        Files.writeString(file(), "{\"n\":1}\n{\"n\":");
        try (JsonLines lines = JsonLines.open(file())) {
            lines.append(Json.object().put("n", 2), true);
            JsonLines.Lines<Integer> read = lines.read(JsonLinesTest::number);
            assertThat(read.values()).containsExactly(1, 2);
            assertThat(read.unreadable()).isEqualTo(1);
            lines.append(Json.object().put("n", 3), false);
        }
        assertThat(Files.readString(file()))
                .isEqualTo("{\"n\":1}\n{\"n\":\n{\"n\":2}\n{\"n\":3}\n");
    }

    @Test
    void open_twice_isRefusedAndTheFirstKeepsItsLock() throws IOException {
        try (JsonLines first = JsonLines.open(file())) {
            assertThatThrownBy(() -> JsonLines.open(file())).isInstanceOf(JsonLines.Busy.class);
            first.read(JsonLinesTest::number);
            assertThatThrownBy(() -> JsonLines.open(file())).isInstanceOf(JsonLines.Busy.class);
        }
        try (JsonLines again = JsonLines.open(file())) {
            assertThat(again.read(JsonLinesTest::number).values()).isEmpty();
        }
    }

    @Test
    void read_foreignLines_areCounted() throws IOException {
        Files.write(file(), new byte[] {'{', '}', '\n', (byte) 0xff, '\n', '\n', '7', '\n'});
        try (JsonLines lines = JsonLines.open(file())) {
            assertThat(lines.read(JsonLinesTest::number).unreadable()).isEqualTo(3);
        }
    }

    @Test
    void append_closedFile_failsAndHarmsNothing() throws IOException {
        JsonLines lines = JsonLines.open(file());
        lines.append(Json.object().put("n", 1), true);
        lines.close();

        assertThatThrownBy(() -> lines.append(Json.object().put("n", 2), true))
                .isInstanceOf(IOException.class);
        assertThat(Files.readString(file())).isEqualTo("{\"n\":1}\n");
    }
}
