package dev.stoker.explain.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.UserError;
import dev.stoker.explain.Logs;
import dev.stoker.explain.OllamaLog;
import dev.stoker.explain.account.Attribution;
import dev.stoker.explain.account.LogAccount;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

class LogSourceTest {
    @TempDir private Path folder;

    private static byte[] captured() throws IOException {
        return Files.readAllBytes(Logs.captured("ollama-0.33.0/log/evict-max1.log"));
    }

    private static LogFacts facts(byte[] bytes) {
        return Logs.stream(bytes).read(new LogAccount());
    }

    @Test
    void utf8_broken_isReadAsFarAsTrue() throws IOException {
        byte[] good = captured();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] broken = {(byte) 0xff, (byte) 0xc3, 0x28, 0x00, (byte) 0xe2, (byte) 0x82, '\n'};
        bytes.write(broken);
        bytes.write(good);
        bytes.write(broken);
        bytes.write(
                "time=2026-11-22T13:27:08.000Z level=INFO msg=\"\u00ff\n"
                        .getBytes(StandardCharsets.ISO_8859_1));
        Attribution told = Logs.of(Logs.stream(bytes.toByteArray()));

        assertThat(told).isEqualTo(Logs.ofOllama("evict-max1"));
        assertThat(facts(bytes.toByteArray()).unknown()).isEqualTo(facts(good).unknown() + 2);
    }

    @Test
    void lines_writtenIntoEachOther_areTakenApart() {
        String plain =
                "slot print_timing: id  0 | task 0 | prompt eval time = 100.00 ms / 5 tokens";
        OllamaLog log = OllamaLog.ofServer("OLLAMA_KEEP_ALIVE:5m0s", "22.5 GiB");
        String text = log.gin(200, 2).toString();
        String[] lines = text.split("\n");
        String joined =
                lines[0]
                        + "\n"
                        + "load_tensors: offload"
                        + lines[1]
                        + "\n"
                        + plain
                        + lines[2]
                        + "\nsrv  upd"
                        + lines[3]
                        + "\n";
        Attribution told = Logs.of(joined);
        assertThat(told.requests()).isEqualTo(1);
        assertThat(told.around().version()).isEqualTo("0.33.0");
        assertThat(told.around().memoryBytes()).isGreaterThan(20L << 30);
        assertThat(facts(joined.getBytes(StandardCharsets.UTF_8)).unknown()).isZero();
    }

    @Test
    void lines_ofAnUnknownVersion_areCountedAndNeverGuessed() {
        String log =
                """
                {"time":"2031-01-01T00:00:00Z","msg":"starting llama-server","cmd":"x"}
                2031/01/01 POST /api/chat 200 3s
                time=yesterday level=INFO msg="starting llama-server" cmd="--model /m -c 1"
                [GIN] someday | 200 | 3s | 127.0.0.1 | POST "/api/chat"
                [GIN] 2031/01/01 - 00:00:00 | 200 | 3 parsecs | 127.0.0.1 | POST "/api/chat"
                """;
        assertThat(facts(log.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(new LogFacts(log.length(), 5, 0, 5, 0, 0));
        assertThat(Logs.of(log).requests()).isZero();
    }

    @Test
    void bytes_atRandom_neverBreakTheReader() throws IOException {
        byte[] good = captured();
        Random random = new Random(7);
        for (int i = 0; i < 300; i++) {
            byte[] bad = good.clone();
            for (int k = 0; k < 200; k++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            Attribution told = Logs.of(Logs.stream(bad));
            assertThat(told.requests()).isBetween(0L, 3L);
        }
    }

    @Test
    void line_withoutEnd_takesBoundedMemoryAndIsCounted() {
        byte[] bytes = new byte[5 << 20];
        java.util.Arrays.fill(bytes, (byte) 'x');
        assertThat(facts(bytes).cut()).isEqualTo(1);
        assertThat(facts(bytes).lines()).isEqualTo(1);
    }

    @Test
    void journal_linesWithTheirHead_areRead() throws IOException {
        String text = new String(captured(), StandardCharsets.UTF_8);
        String journal =
                text.lines()
                        .map(line -> "Nov 22 13:27:01 box ollama[4711]: " + line + "\n")
                        .reduce("", String::concat);
        assertThat(Logs.of(journal).swapShare()).isEqualTo(Logs.of(text).swapShare());
    }

    @Test
    void file_compressed_isReadToo() throws IOException {
        Path file = folder.resolve("ollama.log.1.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(captured());
        }
        assertThat(Logs.of(LogSource.file(file))).isEqualTo(Logs.ofOllama("evict-max1"));
    }

    @Test
    void file_rotatedInMidRead_goesOnInTheNewOne() throws IOException {
        Path file = folder.resolve("server.log");
        OllamaLog first = OllamaLog.ofServer("OLLAMA_KEEP_ALIVE:5m0s", "22.5 GiB").gin(200, 1);
        Files.writeString(file, first.toString());
        String second =
                OllamaLog.ofServer("OLLAMA_KEEP_ALIVE:5m0s", "22.5 GiB").gin(200, 2).toString();
        LogAccount account = new LogAccount();
        LogFacts facts =
                LogSource.file(file)
                        .read(
                                Rotating.in(
                                        account,
                                        () -> {
                                            Files.move(file, folder.resolve("server.log.1"));
                                            Files.writeString(file, second);
                                        }));
        assertThat(facts.rotations()).isEqualTo(1);
        assertThat(account.attribution().requests()).isEqualTo(2);
    }

    @Test
    void file_emptiedInMidRead_goesOnAtItsBeginning() throws IOException {
        Path file = folder.resolve("server.log");
        OllamaLog first = OllamaLog.ofServer("OLLAMA_KEEP_ALIVE:5m0s", "22.5 GiB").gin(200, 1);
        Files.writeString(file, first.toString() + "x: padding\n".repeat(1000));
        LogAccount account = new LogAccount();
        String second = new OllamaLog().gin(200, 2).toString();
        LogFacts facts =
                LogSource.file(file)
                        .read(Rotating.in(account, () -> Files.writeString(file, second)));
        assertThat(facts.rotations()).isEqualTo(1);
        assertThat(account.attribution().requests()).isEqualTo(2);
    }

    @Test
    void file_notThere_isTheUsersError() {
        LogSource source = LogSource.file(folder.resolve("none.log"));
        LogAccount account = new LogAccount();
        assertThatThrownBy(() -> source.read(account))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("There is no file");
    }

    @Test
    void command_thatFails_isQuoted() {
        LogSource source =
                LogSource.command("the journal", List.of("sh", "-c", "echo no such unit; exit 1"));
        LogAccount account = new LogAccount();
        assertThatThrownBy(() -> source.read(account))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("no such unit");
    }
}
