package dev.stoker.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

class ServerLogTest {
    private static final String LINE =
            "slot   operator(): id  0 | task %d | cached n_tokens = %d, memory_seq_rm [%d, end)\n";

    @TempDir Path folder;

    private final List<List<String>> run = new ArrayList<>();

    @Test
    void cachedSince_outputInAFile_countsAfterTheMarkInOrder() throws IOException {
        Path file = outputFile();
        append(file, cached(1, 99));
        ServerLog log = log("desktop", 11434, new CommandEnd.NotStarted("none"));

        long mark = log.mark();
        append(file, cached(2, 24) + "other\n[GIN] 2026/08/21 | 200 |\n" + cached(3, 0));

        assertThat(log.cachedSince(mark)).isEqualTo(Reading.known(List.of(24L, 0L)));
        assertThat(log.source().value()).endsWith("server.log");
        assertThat(run).isEmpty();
    }

    @Test
    void layersSince_severalLoads_areThoseOfTheLast() throws IOException {
        Path file = outputFile();
        ServerLog log = log("desktop", 11434, new CommandEnd.NotStarted("none"));

        long mark = log.mark();
        assertThat(log.layersSince(mark).isKnown()).isFalse();
        append(
                file,
                "load_tensors: offloaded 37/37 layers to GPU\nother\n"
                        + "load_tensors: offloaded 35/37 layers to GPU\n");

        assertThat(log.layersSince(mark)).isEqualTo(Reading.known(new ServerLog.Layers(35, 37)));
    }

    @Test
    void cachedSince_nothingNew_noCounts() throws IOException {
        append(outputFile(), cached(1, 7));
        ServerLog log = log("desktop", 11434, new CommandEnd.NotStarted("none"));

        assertThat(log.cachedSince(log.mark())).isEqualTo(Reading.known(List.of()));
    }

    @Test
    void cachedSince_requestsButNoCountsAtThisVerbosity_unsupportedNotEmpty() throws IOException {
        Path file = outputFile();
        ServerLog log = log("desktop", 11434, new CommandEnd.NotStarted("none"));

        long mark = log.mark();
        append(
                file,
                "0.22.877.603 I slot launch_slot_: id  0 | task 0 | processing task, is_child ="
                        + " 0\n");

        assertThat(log.cachedSince(mark).reason()).contains("-lv 4");
    }

    @Test
    void cachedSince_emptiedByARotation_whatIsThereNow() throws IOException {
        Path file = outputFile();
        append(file, cached(1, 5).repeat(50));
        ServerLog log = log("desktop", 11434, new CommandEnd.NotStarted("none"));

        long mark = log.mark();
        Files.writeString(file, cached(2, 6));

        assertThat(log.cachedSince(mark)).isEqualTo(Reading.known(List.of(6L)));
    }

    @Test
    void cachedSince_gigabyteOfOldLog_onlyTheNewIsRead() throws IOException {
        Path file = outputFile();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap("\n".getBytes(StandardCharsets.UTF_8)), 1L << 30);
        }
        ServerLog log = log("desktop", 11434, new CommandEnd.NotStarted("none"));

        long mark = log.mark();
        append(file, cached(1, 3));

        assertThat(log.cachedSince(mark)).isEqualTo(Reading.known(List.of(3L)));
    }

    @Test
    void cachedSince_moreThanTheBoundSinceTheMark_failedNotRead() throws IOException {
        Path file = outputFile();
        ServerLog log = log("desktop", 11434, new CommandEnd.NotStarted("none"));

        long mark = log.mark();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap("\n".getBytes(StandardCharsets.UTF_8)), 20L << 20);
        }

        assertThat(log.cachedSince(mark).reason()).contains("too much");
    }

    @Test
    void mark_serverRestarted_newLogFound() throws IOException {
        Path file = outputFile();
        RecordedTree tree = RecordedTree.of("desktop", folder.resolve("t"));
        link(tree, file);
        ServerLog log = new ServerLog(tree.host(), 11434, tree.proc(), this::never, Clock.system());
        log.mark();

        tree.delete("proc/900/fd/2");
        tree.delete("proc/900/fd/3");
        Path other = Files.createFile(folder.resolve("other.log"));
        Files.createSymbolicLink(tree.proc().resolve("3000/fd/2"), other);
        Files.createSymbolicLink(tree.proc().resolve("3000/fd/9"), Path.of("socket:[41018]"));
        long mark = log.mark();
        append(other, cached(1, 11));

        assertThat(log.cachedSince(mark)).isEqualTo(Reading.known(List.of(11L)));
    }

    @Test
    void cachedSince_unitOfTheSystem_journalReadFromTheMark() {
        ServerLog log = log("desktop", 11434, new CommandEnd.Finished(0, cached(4, 12), false));

        assertThat(log.cachedSince(log.mark())).isEqualTo(Reading.known(List.of(12L)));
        assertThat(run.getFirst()).contains("journalctl", "-u", "ollama.service");
        assertThat(run.getFirst().getLast()).matches("--since=@[0-9]+\\.[0-9]{6}");
    }

    @Test
    void cachedSince_container_itsLogReadFromTheMark() {
        ServerLog log = log("jetson", 11434, new CommandEnd.Finished(0, cached(4, 0), false));

        assertThat(log.cachedSince(log.mark())).isEqualTo(Reading.known(List.of(0L)));
        assertThat(run.getFirst()).startsWith("docker", "logs", "--since");
        assertThat(run.getFirst().getLast()).startsWith("3f2a9c1be0d8");
    }

    @Test
    void cachedSince_readerMissingOrRefused_reasonNotAnEmptyList() {
        ServerLog missing =
                log("desktop", 11434, new CommandEnd.NotStarted("there is no program journalctl"));
        ServerLog refused =
                log(
                        "jetson",
                        11434,
                        new CommandEnd.Finished(1, "permission denied\u001b[2J", false));

        assertThat(missing.cachedSince(missing.mark()).reason()).contains("no program journalctl");
        assertThat(refused.cachedSince(refused.mark()).reason()).contains("permission denied[2J");
    }

    @Test
    void cachedSince_terminal_unsupportedWithAdvice() {
        ServerLog log = log("desktop", 8080, new CommandEnd.NotStarted("none"));

        assertThat(log.cachedSince(log.mark())).isInstanceOf(Reading.Unsupported.class);
        assertThat(log.source().reason()).contains("terminal or a pipe");
    }

    private static String cached(int task, int tokens) {
        return String.format(LINE, task, tokens, tokens);
    }

    private ServerLog log(String record, int port, CommandEnd end) {
        RecordedTree tree = RecordedTree.of(record, folder.resolve(record + run.size() + port));
        Path file = folder.resolve("server.log");
        if (Files.exists(file)) {
            link(tree, file);
        }
        return new ServerLog(
                tree.host(),
                port,
                tree.proc(),
                (command, limit, cancellation) -> {
                    run.add(List.copyOf(command));
                    return end;
                },
                Clock.system());
    }

    private CommandEnd never(List<String> command, Object limit, Object cancellation) {
        throw new AssertionError("nothing is run: " + command);
    }

    private Path outputFile() throws IOException {
        return Files.createFile(folder.resolve("server.log"));
    }

    private static void link(RecordedTree tree, Path file) {
        try {
            Files.createSymbolicLink(tree.proc().resolve("900/fd/2"), file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.APPEND);
    }
}
