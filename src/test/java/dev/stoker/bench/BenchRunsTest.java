package dev.stoker.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.history.Run;
import dev.stoker.history.RunStore;
import dev.stoker.history.Sample;
import dev.stoker.history.Series;
import dev.stoker.history.StoredRequest;
import dev.stoker.history.Stores;
import dev.stoker.history.Subject;
import dev.stoker.history.jdbc.JdbcStores;
import dev.stoker.server.ServerFailure;
import dev.stoker.suite.Task;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A benchmark as the store keeps it: the same figures as in its report, by iteration. */
class BenchRunsTest {
    private BenchRig rig;

    @BeforeEach
    void rig(@TempDir Path results) {
        rig = new BenchRig(results);
        rig.server.model("a", 4).model("b", 5);
    }

    private static Run run(BenchRig.Ran ran) {
        return BenchRuns.run(ran.folder().read(), ran.folder().setting());
    }

    @Test
    void run_ofABenchmark_figuresOfItsReport() throws Exception {
        BenchRig.Ran ran = rig.run();
        Run run = run(ran);

        assertThat(run.id()).isEqualTo(ran.folder().id());
        assertThat(run.complete()).isTrue();
        assertThat(run.subjects()).extracting(Subject::name).containsExactly("a", "b");
        Subject a = run.subject("a").orElseThrow();
        assertThat(a.outcome()).isEqualTo(Subject.Outcome.PASSED);
        assertThat(a.requestsOk()).isEqualTo(4);
        Series decode = a.series("decode_tokens_per_second").orElseThrow();
        assertThat(decode.samples())
                .extracting(Sample::unit)
                .containsExactly("iteration 1", "iteration 2");
        assertThat(decode.samples()).allMatch(s -> s.atEpochMillis() > 0);
        assertThat(decode.spread().mean())
                .isCloseTo(ran.model("a").decodeTokensPerSecond().value().mean(), within(1e-9));
        assertThat(a.series("ttft_ms").orElseThrow().spread())
                .isEqualTo(ran.model("a").ttftMillis().value());
        assertThat(
                        BenchRuns.journal(ran.folder().read())
                                .filter(l -> l instanceof StoredRequest r && r.iteration() > 0))
                .hasSize(8);
    }

    @Test
    void contents_fromTheStoreAlone_thoseOfTheFolder(@TempDir Path folder) throws Exception {
        rig.server.failOnce("load a", new ServerFailure.LoadFailed("a", "bad magic"));
        BenchRig.Ran ran = rig.run();
        Files.writeString(ran.folder().events(), "{torn", StandardOpenOption.APPEND);
        RunFolder.Contents contents = ran.folder().read();
        try (RunStore store =
                new JdbcStores(Map.of())
                        .open(folder.resolve("runs.db").toString(), Stores.Access.CHANGE)) {
            store.put(run(ran), BenchRuns.journal(contents));

            assertThat(contents.unreadableLines()).isEqualTo(1);
            assertThat(BenchRuns.contents(store, ran.folder().id())).contains(contents);
            assertThat(BenchRuns.contents(store, "other")).isEmpty();
            store.put(run(ran), Stream.empty());
            assertThat(BenchRuns.contents(store, ran.folder().id())).isEmpty();
        }
    }

    @Test
    void run_modelThatFailed_failedWithItsReasonAndNoFigures() throws Exception {
        rig.server.failOnce("load a", new ServerFailure.LoadFailed("a", "bad magic"));
        Run run = run(rig.run());

        Subject a = run.subject("a").orElseThrow();
        assertThat(a.outcome()).isEqualTo(Subject.Outcome.FAILED);
        assertThat(a.reason()).contains("bad magic");
        assertThat(a.series()).isNotEmpty().allMatch(s -> !s.absent().isEmpty());
    }

    @Test
    void setting_writtenAndReadAgain_equal() throws Exception {
        RunSetting setting = RunSetting.of(rig.context(), rig.request, rig.plan());
        BenchRig.Ran ran = rig.run();
        ran.folder().write(setting);

        assertThat(ran.folder().setting()).isEqualTo(setting);
        assertThat(setting.run().fact("server").value()).isEqualTo("Ollama 0.33.0");
        assertThat(setting.run().fact("prompts").value()).startsWith("short, long (sha256 ");
        assertThat(setting.models()).containsOnlyKeys("a", "b");
    }

    @Test
    void setting_ofOtherPrompts_otherHash() throws Exception {
        RunSetting one = RunSetting.of(rig.context(), rig.request, rig.plan());
        BenchRequest r = rig.request;
        BenchRequest other =
                new BenchRequest(
                        r.models(),
                        List.of(
                                Task.prompt("short", "something else", 5),
                                Task.prompt("long", "long", 11)),
                        r.iterations(),
                        r.contextLength(),
                        r.unload(),
                        r.restart(),
                        r.restartAbove(),
                        r.stall(),
                        r.seed(),
                        r.parallelSmall());

        assertThat(one.run().differences(RunSetting.of(rig.context(), other, rig.plan()).run()))
                .extracting(d -> d.name())
                .containsExactly("prompts");
    }

    @Test
    void setting_missingOrDamaged_whatTheHeaderTells() throws Exception {
        BenchRig.Ran ran = rig.run();
        assertThat(ran.folder().setting().run().fact("server").isKnown()).isTrue();
        assertThat(ran.folder().setting().run().fact("host").reason())
                .isEqualTo("not noted in this run");

        Files.writeString(ran.folder().path().resolve("setting.json"), "{\"run\":");
        assertThat(ran.folder().setting().run().fact("server").isKnown()).isTrue();
    }
}
