package dev.stoker.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.json.Json;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;

final class RunFilesTest {
    private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");

    @TempDir private Path results;

    @Test
    void list_twoRunsOfOneSecond_areOrderedByTheTimeOfTheirHeaders() throws IOException {
        create("2026_11_27_12_00_00_90000", NOON);
        create("2026_11_27_12_00_00_10000", NOON.plusMillis(300));
        create("2026_11_27_11_59_59_50000", NOON.plusSeconds(9));
        assertThat(names())
                .containsExactly(
                        "2026_11_27_11_59_59_50000",
                        "2026_11_27_12_00_00_90000",
                        "2026_11_27_12_00_00_10000");
    }

    @Test
    void list_otherFolders_areLeftOut() throws IOException {
        create("2026_11_27_12_00_00_10000", NOON);
        Files.createDirectories(results.resolve("2026_11_27_12_00_01_10000"));
        assertThat(names()).containsExactly("2026_11_27_12_00_00_10000");
        assertThat(RunFiles.list(results.resolve("none"), "run.json")).isEmpty();
    }

    private void create(String id, Instant at) throws IOException {
        Path folder = RunFiles.create(results, id, "run.json", Json.object());
        Files.setLastModifiedTime(folder.resolve("run.json"), FileTime.from(at));
    }

    private List<String> names() {
        return RunFiles.list(results, "run.json").stream()
                .map(f -> String.valueOf(f.getFileName()))
                .toList();
    }
}
