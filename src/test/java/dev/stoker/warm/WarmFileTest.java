package dev.stoker.warm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.UserError;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

class WarmFileTest {
    @Test
    void file_withEverything_isRead() {
        List<Desired> models =
                WarmFile.read(
                        "warm.yaml",
                        """
                        server: http://box:11434
                        models:
                          - mistral:7b
                          - model: qwen3:8b
                            server: http://other:11434
                            options: {num_ctx: 8192, num_thread: 4, use_mmap: false}
                            priority: 10
                            objective: ttft<800ms
                            schedule: weekdays 8-18
                        """);

        assertThat(models).hasSize(2);
        assertThat(models.get(0).server()).contains("http://box:11434");
        Desired second = models.get(1);
        assertThat(second.server()).contains("http://other:11434");
        assertThat(second.options().contextLength()).hasValue(8192);
        assertThat(second.options().extra())
                .containsEntry("num_thread", 4L)
                .containsEntry("use_mmap", false);
        assertThat(second.priority()).isEqualTo(10);
        assertThat(second.ttftMillis()).hasValue(800);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "models: [{model: a, prio: 3}] | line 1: the key 'prio' is not known",
                "models: [{model: a, options: {num_cxt: 3}}] | num_cxt' is not known",
                "models: [{model: a, objective: fast}] | an objective such as ttft<800ms",
                "models: [{model: a, schedule: sometimes 3}] | a schedule such as",
                "models: [a, a] | is there twice",
                "models: [] | this list is empty",
                "model: [a] | the key 'model' is not known",
                "server: x | the key 'models' is missing",
            })
    void file_withAMistake_isRefusedWithItsPlace(String yaml, String why) {
        assertThatThrownBy(() -> WarmFile.read("warm.yaml", yaml))
                .isInstanceOf(UserError.class)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource({
        "weekdays 8-18, 2026-03-02T08:00:00Z, true",
        "weekdays 8-18, 2026-03-02T18:00:00Z, false",
        "weekdays 8–18, 2026-03-07T12:00:00Z, false",
        "daily 22-6, 2026-03-02T23:00:00Z, true",
        "daily 22-6, 2026-03-02T05:59:00Z, true",
        "daily 22-6, 2026-03-02T06:00:00Z, false",
        "sat 9:30-12, 2026-03-07T09:30:00Z, true",
        "sat 9:30-12, 2026-03-07T09:29:00Z, false",
        "fri-mon, 2026-03-08T00:00:00Z, true",
        "fri-mon, 2026-03-03T00:00:00Z, false",
        "fri 22-6, 2026-03-07T03:00:00Z, true",
    })
    void schedule_atAMoment_holdsOrNot(String text, Instant at, boolean holds) {
        assertThat(WarmSchedule.parse(text).orElseThrow().holds(at, ZoneOffset.UTC))
                .isEqualTo(holds);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "weekdays 8", "weekdays 25-26", "mon 8-8", "noday 8-9", "8-18"})
    void schedule_thatIsNone_isRefused(String text) {
        assertThat(WarmSchedule.parse(text)).isEmpty();
    }
}
