package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.Bytes;
import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.bench.BenchRequest;
import dev.stoker.bench.BenchRequest.Restart;
import dev.stoker.bench.BenchRequest.Unload;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** What the words of the command line and the old script's variables become. */
class BenchOptionsTest {

    @Command
    private static final class Holder {
        @Mixin final BenchOptions options = new BenchOptions();
    }

    private static BenchOptions parsed(String... args) {
        Holder holder = new Holder();
        new CommandLine(holder).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(args);
        return holder.options;
    }

    private static BenchRequest request(Map<String, String> env, String... args) {
        return parsed(args).request(env);
    }

    @Test
    void request_nothingGiven_isTheDefault() {
        assertThat(request(Map.of())).isEqualTo(BenchRequest.defaults());
        assertThat(parsed().anyGiven()).isFalse();
    }

    @Test
    void defaults_always_areThese() {
        BenchRequest d = BenchRequest.defaults();
        assertThat(d.iterations()).isEqualTo(3);
        assertThat(d.unload()).isEqualTo(Unload.BETWEEN);
        assertThat(d.restart()).isEqualTo(Restart.LARGE);
        assertThat(d.restartAbove()).isEqualTo(Bytes.gb(40));
        assertThat(d.stall()).isEqualTo(Duration.ofSeconds(120));
        assertThat(d.prompts()).extracting("name").containsExactly("short", "long", "prompt");
        assertThat(d.parallelSmall()).isEqualTo(1);
    }

    @Test
    void request_everythingGiven_isThat() {
        BenchRequest r =
                request(
                        Map.of(),
                        "b",
                        "a",
                        "--iterations=5",
                        "--context=8192",
                        "--unload=never",
                        "--restart=always",
                        "--restart-above=24GiB",
                        "--stall=2m",
                        "--seed=7",
                        "--parallel-small");
        assertThat(r.models()).containsExactly("b", "a");
        assertThat(r.iterations()).isEqualTo(5);
        assertThat(r.contextLength()).hasValue(8192);
        assertThat(r.unload()).isEqualTo(Unload.NEVER);
        assertThat(r.restart()).isEqualTo(Restart.ALWAYS);
        assertThat(r.restartAbove()).isEqualTo(Bytes.gib(24));
        assertThat(r.stall()).isEqualTo(Duration.ofMinutes(2));
        assertThat(r.seed()).isEqualTo(7);
        assertThat(r.parallelSmall()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "false,NEVER",
        "0,NEVER",
        "no,NEVER",
        "OFF,NEVER",
        "true,BETWEEN",
        "1,BETWEEN",
        "'',BETWEEN"
    })
    void unload_byTheOldVariable_isHonoured(String value, Unload unload) {
        assertThat(request(Map.of("UNLOAD_BETWEEN_MODELS", value)).unload()).isEqualTo(unload);
    }

    @Test
    void restart_byTheOldVariable_isHonouredAndTheOptionWins() {
        Map<String, String> env = Map.of("RESTART_ON_LARGE_MODELS", "false");
        assertThat(request(env).restart()).isEqualTo(Restart.NEVER);
        assertThat(request(env, "--restart=large").restart()).isEqualTo(Restart.LARGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UNLOAD_BETWEEN_MODELS", "RESTART_ON_LARGE_MODELS"})
    void oldVariable_ofAnotherWord_isWrongUse(String name) {
        assertWrongUse(() -> request(Map.of(name, "maybe")), name, "maybe");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--iterations=0",
                "--iterations=1001",
                "--context=0",
                "--restart-above=much",
                "--stall=0s",
                "--stall=soon",
                "--parallel-small=99"
            })
    void value_thatCanNotBe_isWrongUseAndNamed(String option) {
        assertWrongUse(() -> request(Map.of(), option), "Expected");
    }

    @ParameterizedTest
    @CsvSource({"500ms,500", "120s,120000", "120,120000", "2m,120000", "1h,3600000"})
    void duration_inAnyUnit_isRead(String text, long millis) {
        assertThat(BenchOptions.duration("--stall", text)).hasMillis(millis);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a", "--iterations=2", "--context=1", "--unload=never", "--restart=never",
                "--restart-above=1GB", "--stall=1s", "--seed=1", "--parallel-small", "--prompts=x"
            })
    void anyGiven_anyOption_isTrue(String option) {
        assertThat(parsed(option).anyGiven()).isTrue();
    }

    @Test
    void resultsFolder_optionThenVariableThenDataHome_isChosen() {
        Map<String, String> home = Map.of("HOME", "/home/me");
        Path option = Path.of("/option");
        assertThat(ResultsFolder.of(option, Map.of("RESULTS_DIR", "/env"))).isEqualTo(option);
        assertThat(ResultsFolder.of(null, Map.of("RESULTS_DIR", "/env", "HOME", "/h")))
                .isEqualTo(Path.of("/env"));
        assertThat(ResultsFolder.of(null, Map.of("XDG_DATA_HOME", "/data")))
                .isEqualTo(Path.of("/data/stoker/runs"));
        assertThat(ResultsFolder.of(null, home))
                .isEqualTo(Path.of("/home/me/.local/share/stoker/runs"));
    }

    private static void assertWrongUse(Runnable call, String... words) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        UserError.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(ExitCode.WRONG_USE);
                            assertThat(e.sentence()).contains(words);
                        });
    }
}
