package dev.stoker.watch;

import static dev.stoker.watch.Story.counters;
import static dev.stoker.watch.Story.down;
import static dev.stoker.watch.Story.gpu;
import static dev.stoker.watch.Story.holding;
import static dev.stoker.watch.Story.lost;
import static dev.stoker.watch.Story.models;
import static dev.stoker.watch.Story.server;
import static dev.stoker.watch.Story.slowed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.server.state.Health;
import dev.stoker.server.state.ModelCondition;
import dev.stoker.watch.Story.M;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

class MachineCourseTest {
    private final Story story = new Story();

    private List<String> events(int second, M... models) {
        return story.events(second, server(second, models(models)));
    }

    @Test
    void events_firstSample_areNone() {
        assertThat(events(0, M.of("a"))).isEmpty();
    }

    @Test
    void events_nothingChanged_areNone() {
        events(0, M.of("a"));
        assertThat(events(1, M.of("a"))).isEmpty();
    }

    @Test
    void events_modelCame_isLoaded() {
        events(0);
        assertThat(events(1, M.of("a")))
                .containsExactly("model-loaded: a is loaded, 6.0 GiB, context 4096");
    }

    @Test
    void events_modelLoadsFirst_tellsBoth() {
        events(0);
        assertThat(events(1, M.of("a").is(new ModelCondition.Loading(""))))
                .containsExactly("model-loading: a is being loaded");
        assertThat(events(2, M.of("a")))
                .containsExactly("model-loaded: a is loaded, 6.0 GiB, context 4096");
    }

    @Test
    void events_keepAliveOver_isToldAsTheCause() {
        events(0, M.of("a").expires(9));
        assertThat(events(10))
                .containsExactly("model-unloaded: a was unloaded: its keep-alive ran out");
    }

    @Test
    void events_goneWithTimeLeft_saysSo() {
        events(0, M.of("a").expires(300));
        assertThat(events(10))
                .containsExactly("model-unloaded: a was unloaded before its keep-alive ran out");
    }

    @Test
    void events_anotherCameInTheSameLook_namesIt() {
        events(0, M.of("a"));
        assertThat(events(1, M.of("b").is(new ModelCondition.Loading(""))))
                .containsExactly(
                        "model-evicted: a was pushed out by b", "model-loading: b is being loaded");
    }

    @Test
    void events_anotherCameShortlyAfter_namesIt() {
        events(0, M.of("a"));
        events(1);
        assertThat(events(3, M.of("b")))
                .containsExactly(
                        "model-evicted: a was pushed out by b",
                        "model-loaded: b is loaded, 6.0 GiB, context 4096");
        assertThat(events(4, M.of("b"), M.of("c")))
                .containsExactly("model-loaded: c is loaded, 6.0 GiB, context 4096");
    }

    @Test
    void events_anotherCameMuchLater_isNoCause() {
        events(0, M.of("a"));
        events(1);
        events(20);
        assertThat(events(21, M.of("b")))
                .containsExactly("model-loaded: b is loaded, 6.0 GiB, context 4096");
    }

    @Test
    void events_keepAliveOverAndAnotherCame_isNoEviction() {
        events(0, M.of("a").expires(1));
        assertThat(events(1, M.of("b")))
                .containsExactly(
                        "model-unloaded: a was unloaded: its keep-alive ran out",
                        "model-loaded: b is loaded, 6.0 GiB, context 4096");
    }

    @Test
    void events_contextChanged_isTheCauseOfTheReload() {
        events(0, M.of("a"));
        assertThat(events(1, M.of("a").context(8192)))
                .containsExactly(
                        "model-reloaded: a was loaded anew because its context changed:"
                                + " 4096 → 8192");
    }

    @Test
    void events_goneAndBackWithAnotherContext_isTheCauseOfTheReload() {
        events(0, M.of("a"));
        events(1);
        events(2, M.of("a").context(8192).is(new ModelCondition.Loading("")));
        assertThat(events(3, M.of("a").context(8192)))
                .containsExactly(
                        "model-reloaded: a was loaded anew because its context changed:"
                                + " 4096 → 8192");
    }

    @Test
    void events_anotherRunner_isAReload() {
        events(0, M.of("a"));
        assertThat(events(1, M.of("a").pid(Reading.known(101L))))
                .containsExactly("model-reloaded: a was loaded anew: process 100 → 101");
    }

    @Test
    void events_runnerDied_isAFailure() {
        events(0, M.of("a"));
        assertThat(events(1, M.of("a").is(new ModelCondition.RunnerGone())))
                .containsExactly(
                        "model-failed: a has no runner any more: the next request will load it"
                                + " again");
    }

    @Test
    void events_sleepAndWake_areTold() {
        events(0, M.of("a"));
        assertThat(events(1, M.of("a").is(new ModelCondition.Sleeping())))
                .containsExactly("model-asleep: a was put to sleep");
        assertThat(events(2, M.of("a"))).containsExactly("model-awake: a was woken up");
    }

    @Test
    void events_serverGoesAndComesWithoutItsModel_tellEach() {
        events(0, M.of("a"));
        assertThat(story.events(1, down(1)))
                .singleElement()
                .asString()
                .startsWith("server-down: Ollama at http://127.0.0.1:11434 is down: ");
        assertThat(events(2))
                .containsExactly(
                        "server-up: Ollama at http://127.0.0.1:11434 answers again",
                        "model-unloaded: a was unloaded before its keep-alive ran out");
    }

    @Test
    void events_countersBeganAnew_isARestart() {
        Health up = new Health.Up();
        story.at(0, server(0, up, Reading.known(List.of()), counters("1", 5)));
        assertThat(story.events(1, server(1, up, Reading.known(List.of()), counters("2", 0))))
                .containsExactly(
                        "server-restarted: Ollama at http://127.0.0.1:11434 was restarted in"
                                + " between");
    }

    @Test
    void events_gpuSlowedByHeat_beginAndEnd() {
        story.events(0, server(0), slowed(0, ThrottleReason.POWER_CAP));
        assertThat(
                        story.events(
                                1,
                                server(1),
                                slowed(
                                        0,
                                        ThrottleReason.POWER_CAP,
                                        ThrottleReason.HARDWARE_THERMAL)))
                .containsExactly(
                        "gpu-throttled: GPU 0 is slowed to half or less by the hardware: it is too"
                                + " hot");
        assertThat(story.events(2, server(2), gpu(0).build())).isEmpty(); // Nobody knows.
        story.events(3, server(3), slowed(0, ThrottleReason.HARDWARE_THERMAL));
        assertThat(story.events(4, server(4), slowed(0, ThrottleReason.IDLE)))
                .containsExactly("gpu-unthrottled: GPU 0 is no longer held down");
    }

    @Test
    void events_gpuLostAndBack_areTold() {
        story.events(0, server(0), gpu(0).build(), gpu(1).build());
        assertThat(story.events(1, server(1), gpu(0).build(), lost(1)))
                .containsExactly("gpu-fault: GPU 1 has a fault: It has fallen off the bus.");
        assertThat(story.events(2, server(2), gpu(0).build(), gpu(1).build()))
                .containsExactly("gpu-back: GPU 1 can be read again");
        assertThat(story.events(3, server(3), gpu(0).build()))
                .containsExactly("gpu-fault: GPU 1 is no longer listed");
    }

    @Test
    void events_hostileName_isCleaned() {
        events(0);
        assertThat(events(1, M.of("a\u001b[2J\nb")).getFirst()).doesNotContain("\u001b", "\n");
    }

    @Test
    void models_onTwoGpus_haveTheMemoryOfEach() {
        Moment now =
                story.at(
                        0,
                        server(0, models(M.of("a"), M.of("b").pid(Reading.known(200L)))),
                        holding(0, 100, 3, 200, 2),
                        holding(1, 100, 4, 999, 1));
        assertThat(now.models().getFirst().gpuMemory())
                .isEqualTo(Reading.known(Map.of(0, Bytes.gib(3), 1, Bytes.gib(4))));
        assertThat(now.models().getFirst().onGpus()).isEqualTo(Reading.known(Bytes.gib(7)));
        assertThat(now.models().getLast().gpuMemory())
                .isEqualTo(Reading.known(Map.of(0, Bytes.gib(2))));
    }

    @Test
    void models_processNotKnown_haveNoGpuMemoryButAReason() {
        Moment now =
                story.at(
                        0,
                        server(0, models(M.of("a").pid(Reading.failed("not seen")))),
                        holding(0, 100, 3));
        assertThat(now.models().getFirst().gpuMemory()).isEqualTo(Reading.failed("not seen"));
    }

    @Test
    void models_gpuTellsNoProcesses_haveNoGpuMemoryButAReason() {
        Moment now =
                story.at(
                        0,
                        server(0, models(M.of("a"))),
                        gpu(0).processes(Reading.failed("no permission")).build());
        assertThat(now.models().getFirst().gpuMemory().isKnown()).isFalse();
    }

    @Test
    void rates_ofModelsThatCountForThemselves_areTheirOwn() {
        story.at(
                0,
                server(
                        0,
                        models(
                                M.of("a").counts(counters("x", 100)),
                                M.of("b").counts(counters("y", 0)))));
        Moment now =
                story.at(
                        2,
                        server(
                                2,
                                models(
                                        M.of("a").counts(counters("x", 160)),
                                        M.of("b").counts(counters("y", 20)))));
        assertThat(now.models())
                .extracting(m -> m.rates().generatedTokens().value().perSecond())
                .containsExactly(30.0, 10.0);
        assertThat(now.rates(Story.SERVER).generatedTokens().value().perSecond()).isEqualTo(40);
    }

    @Test
    void rates_ofAServersOnlyModel_areTheServers() {
        Health up = new Health.Up();
        var models = Reading.known(List.of(M.of("a").done()));
        Moment first = story.at(0, server(0, up, models, counters("x", 100)));
        assertThat(first.models().getFirst().rates().generatedTokens().isKnown()).isFalse();
        assertThat(first.rates(Story.SERVER).generatedTokens().isKnown()).isFalse();
        Moment now = story.at(1, server(1, up, models, counters("x", 150)));
        assertThat(now.models().getFirst().rates().generatedTokens().value().perSecond())
                .isEqualTo(50);
    }
}
