package dev.stoker.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.history.Export;
import dev.stoker.history.JournalLine;
import dev.stoker.history.Run;
import dev.stoker.history.RunStore;
import dev.stoker.history.Setting;
import dev.stoker.history.StoredRequest;
import dev.stoker.history.Stores.Access;
import dev.stoker.history.jdbc.JdbcStores;
import dev.stoker.server.LoopbackServer;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** A load test as the store keeps it. */
@Timeout(60)
class LoadRunsTest {
    @TempDir private Path folder;
    private LoadRig rig;

    @BeforeEach
    void rig() {
        rig = new LoadRig(folder.resolve("runs"));
        rig.options.putArray("objectives").add("ttft_p95=500ms").add("itl_p90=2.5ms");
        rig.answers(
                LoadRig.good(3, 3),
                LoopbackServer.json(500, "{\"error\":\"no\"}"),
                LoadRig.good(5, 10));
    }

    private RunStore store(String name) {
        return new JdbcStores(Map.of()).open(folder.resolve(name).toString(), Access.CHANGE);
    }

    private static Run run(LoadFolder load) {
        return new Run(
                load.header().id(),
                "load",
                1,
                true,
                false,
                Setting.empty(),
                List.of(),
                List.of(),
                "");
    }

    private static void keep(RunStore store, LoadFolder load) {
        try (Stream<JournalLine> journal = LoadRuns.journal(load)) {
            store.put(run(load), journal);
        }
    }

    private LoadFolder measured() {
        LoadStep open =
                new LoadStep(
                        new Arrivals.Poisson(200, 7),
                        Duration.ZERO,
                        Duration.ofMillis(50),
                        Optional.of(Duration.ofMillis(200)),
                        OptionalLong.empty());
        return rig.folder(rig.openAi(), LoadRig.requests(3, 40), LoadRig.requests(3, 20), open);
    }

    @Test
    void summary_fromTheStoreAlone_thatOfTheFolder() {
        LoadFolder load = measured();
        LoadSummary expected = LoadReader.summary(load, load.header().objectives());
        assertThat(load.header().objectives()).hasSize(2);
        assertThat(expected.steps()).hasSize(3);
        assertThat(expected.failed()).isPositive();

        try (RunStore store = store("runs.db")) {
            keep(store, load);

            assertThat(LoadRuns.summary(store, load.header().id())).contains(expected);
            assertThat(LoadRuns.header(store, load.header().id())).contains(load.header());
            assertThat(LoadRuns.summary(store, "other")).isEmpty();
            List<StoredRequest> requests = new ArrayList<>();
            store.requests(load.header().id(), requests::add);
            assertThat(requests)
                    .extracting(StoredRequest::subject)
                    .contains("m at 3 users", "m at 3 users (2)", "m at 200/s poisson")
                    .doesNotContain("m");
        }
    }

    @Test
    void summary_ofARunThatWasCarriedToAnotherStore_thatOfTheFolder() throws IOException {
        LoadFolder load = measured();
        StringWriter text = new StringWriter();
        try (RunStore store = store("one.db")) {
            keep(store, load);
            Export.write(run(load), store, new PrintWriter(text, true));
        }
        try (RunStore store = store("two.db")) {
            Export.read(new BufferedReader(new StringReader(text.toString())), store::put);

            assertThat(LoadRuns.summary(store, load.header().id()))
                    .contains(LoadReader.summary(load, load.header().objectives()));
        }
    }

    @Test
    void summary_ofAKilledRun_thatOfTheFolder() throws IOException {
        LoadFolder load = measured();
        String lines = Files.readString(load.events());
        Files.writeString(load.events(), lines.substring(0, lines.length() - 2000));
        LoadSummary expected = LoadReader.summary(load, load.header().objectives());
        assertThat(expected.steps().getLast().why()).isEqualTo("killed");

        try (RunStore store = store("runs.db")) {
            keep(store, load);

            assertThat(LoadRuns.summary(store, load.header().id())).contains(expected);
        }
    }
}
