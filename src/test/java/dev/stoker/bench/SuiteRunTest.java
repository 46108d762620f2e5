package dev.stoker.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.bench.BenchEvent.Answered;
import dev.stoker.bench.BenchEvent.RequestEnded;
import dev.stoker.bench.BenchEvent.TaskSkipped;
import dev.stoker.bench.SuiteResult.TestResult;
import dev.stoker.history.Run;
import dev.stoker.json.Json;
import dev.stoker.server.ServerFailure;
import dev.stoker.suite.Task;
import dev.stoker.suite.TaskForms;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Tests of a suite in a benchmark; the fake server answers every one with "word word …". */
class SuiteRunTest {
    private static final List<Task> TESTS =
            Stream.of(
                            "{'name': 'good', 'prompt': 'good', 'max_tokens': 6, 'checks':"
                                    + " [{'contains': 'word'}]}",
                            "{'name': 'bad', 'prompt': 'bad', 'max_tokens': 6, 'checks':"
                                    + " [{'number': 5}, {'words': 6}]}",
                            "{'name': 'talk', 'turns': ['one', 'two', 'three'], 'max_tokens': 4,"
                                    + " 'checks': [{'words': 4}]}",
                            "{'name': 'see', 'prompt': 'see', 'pictures': [{'draw': 'pie-chart',"
                                    + " 'slices': {'A': 1, 'B': 2}}], 'checks': [{'answered':"
                                    + " true}]}")
                    .map(text -> text.replace('\'', '"'))
                    .map(text -> TaskForms.read(Json.parse(text).orElseThrow()))
                    .toList();

    @TempDir Path results;
    private BenchRig rig;

    @BeforeEach
    void suite() {
        rig = new BenchRig(results);
        rig.server.model("a", 1);
        rig.asked(r ->
                new BenchRequest(
                        r.models(),
                        TESTS,
                        2,
                        r.contextLength(),
                        r.unload(),
                        r.restart(),
                        r.restartAbove(),
                        r.stall(),
                        r.seed(),
                        1,
                        new BenchRequest.Checking("mine", false)));
    }

    private static TestResult test(BenchRig.Ran ran, String name) {
        return ran.model("a").suite().orElseThrow().tests().stream()
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void suite_run_judgesEachAnswerAndSkipsWhatTheModelCanNot() throws Exception {
        BenchRig.Ran ran = rig.run();
        assertThat(ran.ending()).isEqualTo(BenchRunner.Ending.COMPLETE);
        assertThat(ran.model("a").outcome()).isEqualTo(BenchEvent.Outcome.PASSED);
        assertThat(test(ran, "good").passed()).isEqualTo(2);
        assertThat(test(ran, "bad").passed()).isZero();
        assertThat(test(ran, "bad").failures())
                .hasSize(2)
                .allMatch(f -> f.check().equals("number") && f.answer().startsWith("word word"));
        assertThat(test(ran, "talk").passed()).isEqualTo(2);
        assertThat(test(ran, "talk").outputTokens().value().mean()).isEqualTo(12);
        assertThat(test(ran, "see").skipped()).contains("see pictures");
        assertThat(ran.events(TaskSkipped.class)).hasSize(1);
        assertThat(ran.report().failedChecks()).isEqualTo(2);
        assertThat(ran.model("a").suite().orElseThrow().passRate().value().mean())
                .isBetween(0.66, 0.67);
    }

    @Test
    void answer_withItsVerdicts_isOnTheDiskBeforeItsRequest() throws Exception {
        BenchRig.Ran ran = rig.run();
        List<BenchEvent> events = ran.folder().read().events();
        for (int i = 1; i < events.size(); i++) {
            if (events.get(i) instanceof RequestEnded r && r.iteration() > 0) {
                assertThat(events.get(i - 1))
                        .isInstanceOfSatisfying(
                                Answered.class, a -> assertThat(a.prompt()).isEqualTo(r.prompt()));
            }
        }
    }

    @Test
    void conversation_cutInTheMiddle_isAskedAgainFromItsStartAndCountsOnce() throws Exception {
        rig.server.fault(
                "stream a three", 1, rig.cancellation::cancel, new ServerFailure.Cancelled());
        BenchRig.Ran cut = rig.run();
        assertThat(cut.ending()).isEqualTo(BenchRunner.Ending.INTERRUPTED);
        BenchRig again = new BenchRig(results);
        again.server.model("a", 1);
        BenchRig.Ran ran = again.resume(cut.folder());
        assertThat(ran.ending()).isEqualTo(BenchRunner.Ending.COMPLETE);
        assertThat(test(ran, "good").judged()).isEqualTo(2);
        assertThat(test(ran, "talk").judged()).isEqualTo(2);
        assertThat(again.server.calls("stream a good")).hasSize(1);
        assertThat(again.server.calls("stream a one")).hasSize(2);
    }

    @Test
    void test_thatTheServerRefuses_isAFailedTestAndNoFailedModel() throws Exception {
        rig.server.failOnce("stream a good", new ServerFailure.BadRequest(400, "too long"));
        BenchRig.Ran ran = rig.run();
        assertThat(ran.model("a").outcome()).isEqualTo(BenchEvent.Outcome.PASSED);
        assertThat(test(ran, "good").passed()).isEqualTo(1);
        assertThat(test(ran, "good").judged()).isEqualTo(2);
        assertThat(test(ran, "good").failures().getFirst().check()).isEqualTo("request");
    }

    @Test
    void run_forTheStore_hasThePassRateOfEachIteration() throws Exception {
        BenchRig.Ran ran = rig.run();
        Run run = BenchRuns.run(ran.folder().read(), ran.folder().setting());
        assertThat(run.subjects().getFirst().series())
                .anySatisfy(s -> {
                    assertThat(s.metric().name()).isEqualTo("pass_rate");
                    assertThat(s.samples()).hasSize(2);
                    assertThat(s.samples().getFirst().value()).isBetween(66.6, 66.7);
                });
    }

    @Test
    void models_noneOfWhichCanSee_areSkippedInThePlan() throws Exception {
        rig.asked(r ->
                new BenchRequest(
                        r.models(),
                        List.of(TESTS.getLast()),
                        1,
                        r.contextLength(),
                        r.unload(),
                        r.restart(),
                        r.restartAbove(),
                        r.stall(),
                        r.seed(),
                        1,
                        r.checking()));
        BenchRig.Ran ran = rig.run();
        assertThat(ran.model("a").outcome()).isEqualTo(BenchEvent.Outcome.SKIPPED);
        assertThat(ran.model("a").reason()).contains("can not see pictures");
        assertThat(rig.server.calls("load")).isEmpty();
    }
}
