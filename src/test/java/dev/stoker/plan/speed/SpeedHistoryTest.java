package dev.stoker.plan.speed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Reading;
import dev.stoker.history.Metric;
import dev.stoker.history.Run;
import dev.stoker.history.RunStore;
import dev.stoker.history.Runs;
import dev.stoker.history.Setting;
import dev.stoker.history.Stores;
import dev.stoker.history.jdbc.JdbcStores;
import dev.stoker.plan.speed.SpeedHistory.Measured;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class SpeedHistoryTest {
    private static final Metric PROMPT =
            new Metric("prompt_tokens_per_second", "prompt tok/s", Metric.Better.HIGHER, true);

    @TempDir private Path folder;
    private RunStore store;

    @BeforeEach
    void open() {
        Stores stores = new JdbcStores(Map.of("XDG_DATA_HOME", folder.toString()));
        store = stores.open("", Stores.Access.CHANGE);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void put(Run run) {
        store.put(run, Stream.empty());
    }

    private List<Measured> here() {
        return SpeedHistory.on(store, "box", Reading.unsupported("not asked"), 50);
    }

    private static Run on(Run run, boolean simulated, String... setting) {
        Setting changed = Runs.setting(setting);
        return new Run(
                run.id(),
                run.kind(),
                run.startedEpochMillis(),
                run.complete(),
                simulated,
                changed,
                run.subjects(),
                run.tags(),
                run.note());
    }

    @Test
    void on_severalRuns_newestOfEachModelCounts() {
        put(Runs.decoding("old", 1_000, 10, 11));
        put(
                Runs.run(
                        "new",
                        2_000,
                        Runs.subject(
                                "phi4:14b",
                                Runs.series(Runs.DECODE, 2_000, 19, 21),
                                Runs.series(PROMPT, 2_000, 300)),
                        Runs.subject("qwq:32b", Runs.series(Runs.DECODE, 2_000, 9))));
        List<Measured> found = here();
        assertThat(found).extracting(Measured::model).containsExactly("phi4:14b", "qwq:32b");
        Measured phi = found.getFirst();
        assertThat(phi.decode()).isEqualTo(20);
        assertThat(phi.prompt()).hasValue(300);
        assertThat(phi.run()).isEqualTo("new");
        assertThat(phi.quantization().value()).isEqualTo("Q4_K_M");
        assertThat(found.get(1).prompt()).isEmpty();
    }

    @Test
    void on_otherHostsAndSimulatedBoxes_areLeftOut() {
        put(on(Runs.decoding("elsewhere", 1_000, 50), false, "host", "other"));
        put(on(Runs.decoding("unknown", 2_000, 60), false, "host", "?no name"));
        put(on(Runs.decoding("sim", 3_000, 70), true, "host", "box"));
        assertThat(here()).isEmpty();
    }

    @Test
    void on_otherGpuThanNow_isLeftOut() {
        put(on(Runs.decoding("a", 1_000, 50), false, "host", "box", "gpu", "RTX 3090"));
        put(on(Runs.decoding("b", 2_000, 70), false, "host", "box", "gpu", "RTX 5090"));
        List<Measured> found = SpeedHistory.on(store, "box", Reading.known("RTX 3090"), 50);
        assertThat(found).extracting(Measured::decode).containsExactly(50.0);
    }

    @Test
    void on_modelWithoutRate_isLeftOut() {
        put(Runs.run("none", 1_000, Runs.subject("phi4:14b", Runs.series(Runs.DECODE, 1_000))));
        assertThat(here()).isEmpty();
    }
}
