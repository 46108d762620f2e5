package dev.stoker.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.history.RunFiles;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The run's files: what is in them is never lost, and what is broken in them harms nothing else.
 */
class JournalTest {
    private static final BenchEvent ONE = new BenchEvent.ModelStarted(1, "a", 1);
    private static final BenchEvent TWO = new BenchEvent.ModelStarted(2, "b", 1);

    private Path results;
    private RunFolder folder;

    @BeforeEach
    void folder(@TempDir Path results) throws Exception {
        this.results = results;
        BenchRig rig = new BenchRig(results);
        rig.server.model("a", 1);
        folder =
                RunFolder.create(
                        results, RunHeaders.header(rig.context(), rig.request, rig.plan()));
    }

    private void append(String text) throws IOException {
        Files.writeString(
                folder.events(), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Test
    void write_always_isInTheFileWhenItReturns() throws Exception {
        try (Journal journal = Journal.open(folder)) {
            journal.write(ONE);
            assertThat(Files.readString(folder.events())).endsWith("\n").hasLineCount(1);
            journal.write(TWO);
            assertThat(Files.readAllLines(folder.events())).hasSize(2);
            assertThat(journal.events()).containsExactly(ONE, TWO);
        }
        assertThat(folder.read().events()).containsExactly(ONE, TWO);
    }

    @Test
    void open_afterACrash_keepsWhatWasThereAndAppends() throws Exception {
        try (Journal journal = Journal.open(folder)) {
            journal.write(ONE);
        }
        append("{\"type\":\"model-sta");
        try (Journal journal = Journal.open(folder)) {
            assertThat(journal.events()).containsExactly(ONE);
            journal.write(TWO);
        }
        assertThat(folder.read().events()).containsExactly(ONE, TWO);
        assertThat(folder.read().unreadableLines()).isEqualTo(1);
    }

    @Test
    void open_lastLineWholeButWithoutItsEnd_countsOnce() throws Exception {
        try (Journal journal = Journal.open(folder)) {
            journal.write(ONE);
        }
        Files.writeString(folder.events(), Files.readString(folder.events()).strip());
        try (Journal journal = Journal.open(folder)) {
            assertThat(journal.events()).containsExactly(ONE);
            journal.write(TWO);
        }
        assertThat(folder.read().events()).containsExactly(ONE, TWO);
    }

    @Test
    void read_garbageLines_areCountedAndLeftOut() throws Exception {
        append("not json\n\n\u0000\u0000\u0000\n{\"type\":\"of the future\",\"at\":1}\n");
        Files.write(
                folder.events(),
                new byte[] {(byte) 0xff, (byte) 0xfe, '\n'},
                StandardOpenOption.APPEND);
        try (Journal journal = Journal.open(folder)) {
            journal.write(ONE);
        }
        assertThat(folder.read().events()).containsExactly(ONE);
        assertThat(folder.read().unreadableLines()).isEqualTo(4);
    }

    @Test
    void open_whileAnotherWrites_isRefused() {
        try (Journal journal = Journal.open(folder)) {
            journal.write(ONE);
            assertThatThrownBy(() -> Journal.open(folder))
                    .isInstanceOfSatisfying(
                            UserError.class, e -> assertThat(e.code()).isEqualTo(ExitCode.REFUSED))
                    .hasMessageContaining("being written by another process");
            journal.write(TWO);
        }
        assertThat(folder.read().events()).containsExactly(ONE, TWO);
    }

    @Test
    void write_fileCanNotBeWritten_saysSoAndHowToGoOn() {
        Journal journal = Journal.open(folder);
        journal.write(ONE);
        journal.close();
        assertThatThrownBy(() -> journal.write(TWO))
                .isInstanceOfSatisfying(
                        UserError.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(ExitCode.WRONG_USE);
                            assertThat(e.sentence()).contains("can not be written");
                            assertThat(e.hint()).contains("--resume " + folder.id());
                        });
        assertThat(journal.events()).containsExactly(ONE);
        assertThat(folder.read().events()).containsExactly(ONE);
    }

    @Test
    void reason_ofAFullDisk_isTheSystemsOwnWords() {
        assertThat(RunFiles.reason(new IOException("No space left on device")))
                .isEqualTo("No space left on device");
        assertThat(RunFiles.reason(new AccessDeniedException("/x"))).isEqualTo("permission denied");
    }

    @Test
    void create_resultsFolderIsAFile_saysSo() throws Exception {
        Path file = Files.writeString(results.resolve("file"), "");
        assertThatThrownBy(() -> RunFolder.create(file, folder.header()))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("can not be written");
    }

    @Test
    void header_writtenAndRead_isTheSame() {
        RunHeader header = folder.header();
        assertThat(header.request().prompts()).isEqualTo(BenchRig.PROMPTS);
        assertThat(header.models()).extracting(RunHeader.Model::name).containsExactly("a");
        assertThat(RunFolder.create(results.resolve("copy"), header).header()).isEqualTo(header);
    }

    @Test
    void header_damaged_isOneSentence() throws Exception {
        for (String text :
                List.of("", "{", "[]", "{\"schema\":\"stoker.bench.run\",\"version\":99}")) {
            Files.writeString(folder.path().resolve("run.json"), text);
            assertThatThrownBy(folder::read)
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("can not be read");
        }
    }

    @Test
    void header_withoutPromptsOrWithANumberAsName_isOneSentence() throws Exception {
        Path file = folder.path().resolve("run.json");
        String good = Files.readString(file);
        Files.writeString(file, good.replaceAll("(?s)\"prompts\" : \\[.*?\\]", "\"prompts\" : []"));
        assertThatThrownBy(folder::header).hasMessageContaining("no prompts");
        Files.writeString(file, good.replaceAll("\"models\" : \\[ ?\\]", "\"models\" : [ 5 ]"));
        assertThatThrownBy(folder::header).hasMessageContaining("no text");
    }

    private RunFolder another(String id) throws IOException {
        Path path = Files.createDirectories(results.resolve(id));
        Files.copy(folder.path().resolve("run.json"), path.resolve("run.json"));
        return new RunFolder(path);
    }

    @Test
    void find_latest_isTheYoungestById() throws Exception {
        RunFolder young = another("29990101-000000-abcd");
        another("19990101-000000-abcd");
        Files.createDirectories(results.resolve("99990101-not-a-run"));
        assertThat(RunFolder.find(results, "latest")).isEqualTo(young);
        assertThat(RunFolder.list(results)).hasSize(3).last().isEqualTo(young);
    }

    @Test
    void find_idOrPath_isFoundAndAnythingElseIsNot() {
        assertThat(RunFolder.find(results, folder.id())).isEqualTo(folder);
        assertThat(RunFolder.find(Path.of("/nowhere"), folder.path().toString())).isEqualTo(folder);
        assertThatThrownBy(() -> RunFolder.find(results, "other"))
                .isInstanceOfSatisfying(
                        UserError.class, e -> assertThat(e.hint()).contains(folder.id()));
        assertThatThrownBy(() -> RunFolder.find(Path.of("/nowhere"), "latest"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("no run");
    }
}
