package dev.stoker.explain.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Clock;
import dev.stoker.explain.OllamaLog;
import dev.stoker.explain.OllamaLog.Load;
import dev.stoker.explain.account.LogAccount;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class LogFollowerTest {
    @TempDir private Path folder;

    private static Load load(String name) {
        return new Load(name, "sha256-" + name.repeat(12), 100, 4096, 2, 1);
    }

    @Test
    void file_thatGrows_isReadOnAndWhatWasLoadedIsKnown() throws IOException {
        Path file = folder.resolve("server.log");
        OllamaLog log =
                OllamaLog.ofServer("OLLAMA_MAX_LOADED_MODELS:1 OLLAMA_KEEP_ALIVE:5m0s", "22.5 GiB")
                        .loading(load("aa"), 0.1, 0.1)
                        .pass(5)
                        .loading(load("bb"), 0.1, 0.1);
        Files.writeString(file, log.toString());
        LogAccount account = new LogAccount();
        LogFollower follower = new LogFollower(LogSource.file(file), account, Clock.system());
        follower.read();
        account.beginAnew();
        assertThat(account.attribution().requests()).isZero();

        log.pass(5).loading(load("aa"), 0.1, 0.1);
        Files.writeString(file, log.toString());
        follower.read();

        assertThat(account.attribution().requests()).isEqualTo(1);
        assertThat(account.attribution().causes().getFirst().code()).isEqualTo("swap.count");
        assertThat(account.attribution().evictions().getFirst().by()).isEqualTo("bb");
        assertThat(follower.facts().rotations()).isZero();
    }

    @Test
    void file_emptiedOrReplaced_goesOnAtItsBeginning() throws IOException {
        Path file = folder.resolve("server.log");
        Files.writeString(file, "x: 1\n".repeat(2000));
        LogAccount account = new LogAccount();
        LogFollower follower = new LogFollower(LogSource.file(file), account, Clock.system());
        follower.read();
        Files.writeString(file, new OllamaLog().gin(200, 1).toString());
        follower.read();
        Files.move(file, folder.resolve("server.log.1"));
        follower.read();
        Files.writeString(file, new OllamaLog().gin(200, 2).toString());
        follower.read();

        assertThat(account.attribution().requests()).isEqualTo(2);
        assertThat(follower.facts().rotations()).isGreaterThanOrEqualTo(1);
    }
}
