package dev.stoker.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.Bytes;
import dev.stoker.base.ExitCode;
import dev.stoker.base.Reading;
import dev.stoker.base.UserError;
import dev.stoker.bench.BenchRequest.Restart;
import dev.stoker.bench.BenchRequest.Unload;
import dev.stoker.host.NoHost;
import dev.stoker.server.Ability;
import dev.stoker.server.ModelInfo;
import dev.stoker.server.ServerException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** Which models a plan holds, in which order, and what it wants to do to the server. */
class PlannerTest {
    private BenchRig rig;

    @BeforeEach
    void rig(@TempDir Path results) {
        rig = new BenchRig(results);
    }

    private List<String> names() throws ServerException {
        return rig.plan().models().stream().map(PlannedModel::name).toList();
    }

    private static ModelInfo special(String name, boolean remote, String... capabilities) {
        ModelInfo m = FakeServer.info(name, Bytes.gb(1));
        return new ModelInfo(
                name,
                m.digest(),
                m.fileSize(),
                m.quantization(),
                m.parameters(),
                m.family(),
                m.trainedContext(),
                Set.of(capabilities),
                remote);
    }

    @Test
    void plan_noNames_goesFromSmallToLarge() throws Exception {
        rig.server.model("big", 30).model("small", 1).model("mid-b", 7).model("mid-a", 7);
        assertThat(names()).containsExactly("small", "mid-a", "mid-b", "big");
    }

    @Test
    void plan_sizeUnknown_comesLast() throws Exception {
        ModelInfo m = special("odd", false, "completion");
        rig.server.model(
                new ModelInfo(
                        "odd",
                        m.digest(),
                        Reading.unsupported("not told"),
                        m.quantization(),
                        m.parameters(),
                        m.family(),
                        m.trainedContext(),
                        m.capabilities(),
                        false));
        rig.server.model("big", 30);
        assertThat(names()).containsExactly("big", "odd");
    }

    @Test
    void plan_names_keepTheirOrderAndCountOnce() throws Exception {
        rig.server.model("a:latest", 1).model("b", 2);
        rig.asked(r -> BenchRig.named(r, "b", "a", "a:latest"));
        assertThat(names()).containsExactly("b", "a:latest");
    }

    @Test
    void plan_unknownName_saysWhatThereIs() {
        rig.server.model("a", 1).model("b", 2);
        rig.asked(r -> BenchRig.named(r, "c\u001b[31m"));
        assertThatThrownBy(rig::plan)
                .isInstanceOfSatisfying(
                        UserError.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(ExitCode.WRONG_USE);
                            assertThat(e.sentence())
                                    .contains("no model 'c")
                                    .doesNotContain("\u001b");
                            assertThat(e.hint()).isEqualTo("It has: a, b.");
                        });
    }

    @Test
    void plan_contextForAServerThatTakesNone_isRefused() throws Exception {
        rig.server.model("a", 1);
        rig.asked(r ->
                new BenchRequest(
                        r.models(),
                        r.prompts(),
                        r.iterations(),
                        OptionalLong.of(2048),
                        r.unload(),
                        r.restart(),
                        r.restartAbove(),
                        r.stall(),
                        r.seed(),
                        r.parallelSmall()));
        rig.server.abilities.remove(Ability.RUNNER_OPTIONS);
        assertThatThrownBy(rig::plan)
                .isInstanceOf(UserError.class)
                .hasMessageContaining("takes no context length");
        rig.server.abilities.add(Ability.RUNNER_OPTIONS);
        assertThat(rig.plan().toRun()).hasSize(1);
    }

    @Test
    void plan_noModels_isAnError() {
        assertThatThrownBy(rig::plan)
                .isInstanceOf(UserError.class)
                .hasMessageContaining("has no models");
    }

    @Test
    void plan_cloudModel_isSkippedUnlessNamed() throws Exception {
        rig.server.model(special("cloud", true, "completion")).model("a", 2);
        assertThat(rig.plan().toRun()).extracting(PlannedModel::name).containsExactly("a");
        assertThat(rig.plan().models().getFirst().skip()).contains("cloud");
        rig.asked(r -> BenchRig.named(r, "cloud"));
        assertThat(rig.plan().toRun()).extracting(PlannedModel::name).containsExactly("cloud");
    }

    @Test
    void plan_embeddingModel_isSkippedEvenWhenNamed() throws Exception {
        rig.server.model(special("embed", false, "embedding"));
        rig.asked(r -> BenchRig.named(r, "embed"));
        assertThat(rig.plan().toRun()).isEmpty();
        assertThat(rig.plan().models().getFirst().skip()).contains("embeddings");
    }

    @Test
    void plan_restartReasons_followTheSizeTheRoomAndTheWish() throws Exception {
        rig.server.model("fits", 10).model("tight", 39).model("large", 41);
        rig.host.usedByOthers = Bytes.gib(30);
        List<PlannedModel> models = rig.plan().models();
        assertThat(models.get(0).restart()).isEmpty();
        assertThat(models.get(1).restart()).startsWith("predicted not to fit: up to 40.0 GiB");
        assertThat(models.get(2).restart()).isEqualTo("larger than 40.0 GB");
        rig.asked(r -> BenchRig.with(r, Restart.ALWAYS));
        assertThat(rig.plan().models().getFirst().restart()).contains("asked for");
        rig.asked(r -> BenchRig.with(r, Restart.NEVER));
        assertThat(rig.plan().models()).allMatch(m -> m.restart().isEmpty());
    }

    @Test
    void plan_memoryUnknown_wantsARestartForLargeFilesOnly() throws Exception {
        rig.server.model("a", 39).model("b", 41);
        BenchContext c = rig.context();
        BenchContext blind =
                new BenchContext(
                        c.server(),
                        c.clock(),
                        new NoHost("another machine"),
                        c.control(),
                        c.estimator(),
                        c.cached(),
                        "");
        List<PlannedModel> models = Planner.plan(blind, rig.request).models();
        assertThat(models.getFirst().restart()).isEmpty();
        assertThat(models.getLast().restart()).isNotEmpty();
    }

    @Test
    void needsConsent_othersModelsInMemory_isTrueOnlyIfTheyAreUnloaded() throws Exception {
        rig.server.model("a", 1).model("z", 1);
        assertThat(rig.plan().needsConsent()).isFalse();
        rig.server.alreadyLoaded("z");
        assertThat(rig.plan().needsConsent()).isTrue();
        BenchRequest asked = rig.request;
        rig.asked(r -> BenchRig.with(r, Unload.NEVER));
        assertThat(rig.plan().needsConsent()).isFalse();
        rig.request = asked;
        rig.server.abilities.remove(Ability.UNLOAD);
        assertThat(rig.plan().needsConsent()).isFalse();
    }

    @Test
    void needsConsent_restartPlanned_isTrueOnlyWhereItIsPossible() throws Exception {
        rig.server.model("large", 41);
        assertThat(rig.plan().needsConsent()).isFalse();
        rig.control.can = true;
        assertThat(rig.plan().needsConsent()).isTrue();
    }

    @Test
    void plan_always_onlyLooks() throws Exception {
        rig.server.model("a", 1).alreadyLoaded("a");
        rig.plan();
        assertThat(rig.server.calls).isEmpty();
        assertThat(rig.server.inMemory()).containsExactly("a");
    }
}
