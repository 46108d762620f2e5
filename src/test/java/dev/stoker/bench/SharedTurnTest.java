package dev.stoker.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.Bytes;
import dev.stoker.base.UserError;
import dev.stoker.bench.BenchEvent.Outcome;
import dev.stoker.bench.BenchRequest.Restart;
import dev.stoker.bench.BenchRunner.Ending;
import dev.stoker.server.ServerFailure;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** Several small models at once: only with room to spare, and nothing lost when it goes wrong. */
class SharedTurnTest {
    private static final ServerFailure DIED = new ServerFailure.ServerDied("EOF");

    private BenchRig rig;

    @BeforeEach
    void rig(@TempDir Path results) {
        rig = new BenchRig(results).asked(r -> BenchRig.parallel(r, 3));
        rig.server.model("a", 1).model("b", 2);
    }

    @Test
    void group_fits_isLoadedTogetherAndSaysThatItsFiguresAreShared() throws Exception {
        BenchRig.Ran ran = rig.run();
        assertThat(ran.ending()).isEqualTo(Ending.COMPLETE);
        assertThat(rig.server.calls.subList(0, 2)).containsExactly("load a", "load b");
        assertThat(rig.server.calls("unload")).containsExactly("unload b", "unload a");
        for (String name : new String[] {"a", "b"}) {
            ModelResult m = ran.model(name);
            assertThat(m.outcome()).isEqualTo(Outcome.PASSED);
            assertThat(m.requestsOk()).isEqualTo(4);
            assertThat(m.alone()).isFalse();
            assertThat(m.cleanup()).isInstanceOf(ModelResult.Cleanup.Clean.class);
            assertThat(m.memory().peak().isKnown()).isTrue();
        }
        assertThat(ran.model("b").takenBytes().value()).isEqualTo(Bytes.gb(2));
    }

    @Test
    void group_doesNotFit_isMeasuredOneAfterTheOther() throws Exception {
        rig.host.usedByOthers = Bytes.gib(60);
        BenchRig.Ran ran = rig.run();
        assertThat(rig.server.calls.indexOf("unload a"))
                .isLessThan(rig.server.calls.indexOf("load b"));
        assertThat(ran.model("a").alone()).isTrue();
        assertThat(ran.model("b").alone()).isTrue();
    }

    @Test
    void group_ofMoreThanAskedFor_isSplit() throws Exception {
        rig.asked(r -> BenchRig.parallel(r, 2)).server.model("c", 3);
        BenchRig.Ran ran = rig.run();
        assertThat(ran.model("b").alone()).isFalse();
        assertThat(ran.model("c").alone()).isTrue();
    }

    @Test
    void group_withARestartWanted_isNone() throws Exception {
        rig.control.can = true;
        BenchRig.Ran ran = rig.asked(r -> BenchRig.with(r, Restart.ALWAYS)).run();
        assertThat(rig.control.restarts).isEqualTo(2);
        assertThat(ran.model("a").alone()).isTrue();
    }

    @Test
    void server_keepsOneModelOnly_isSaidAndAllAreMeasuredAlone() throws Exception {
        rig.server.keeps = 1;
        BenchRig.Ran ran = rig.run();
        assertThat(rig.warnings).anyMatch(w -> w.contains("does not keep 2 models"));
        assertThat(ran.model("a").outcome()).isEqualTo(Outcome.PASSED);
        assertThat(ran.model("a").alone()).isTrue();
        assertThat(ran.model("b").alone()).isTrue();
    }

    @Test
    void load_failsInAGroup_allAreMeasuredAlone() throws Exception {
        rig.server.failOnce("load b", new ServerFailure.OutOfMemory("b", "cudaMalloc"));
        BenchRig.Ran ran = rig.run();
        assertThat(ran.ending()).isEqualTo(Ending.COMPLETE);
        assertThat(ran.model("a").outcome()).isEqualTo(Outcome.PASSED);
        assertThat(ran.model("b").outcome()).isEqualTo(Outcome.PASSED);
        assertThat(ran.model("b").alone()).isTrue();
    }

    @Test
    void request_failsInAGroup_isRunAgainAloneWithFiguresOfItsOwn() throws Exception {
        rig.server.failOnce("stream b long", 3, DIED);
        BenchRig.Ran ran = rig.run();
        assertThat(ran.model("a").alone()).isFalse();
        ModelResult b = ran.model("b");
        assertThat(b.outcome()).isEqualTo(Outcome.PASSED);
        assertThat(b.alone()).isTrue();
        assertThat(b.requestsOk()).isEqualTo(4);
        assertThat(b.requestsFailed()).isEqualTo(1);
        assertThat(rig.server.inMemory()).isEmpty();
    }

    @Test
    void run_cancelledInAGroup_unloadsAllOfIt() throws Exception {
        rig.server.fault("stream b long", 3, rig.cancellation::cancel, DIED);
        BenchRig.Ran ran = rig.run();
        assertThat(ran.ending()).isEqualTo(Ending.INTERRUPTED);
        assertThat(ran.report().pending()).contains("b");
        assertThat(rig.server.inMemory()).isEmpty();
    }

    @Test
    void journal_failsInAGroup_allModelsAreUnloadedAndTheErrorReported() throws Exception {
        BenchPlan plan = rig.plan();
        RunFolder folder =
                RunFolder.create(rig.results, RunHeaders.header(rig.context(), rig.request, plan));
        Journal journal = Journal.open(folder);
        rig.server.fault("stream b long", 3, journal::close, DIED);
        assertThatThrownBy(() -> rig.runner(plan, journal).run())
                .isInstanceOf(UserError.class)
                .hasMessageContaining("can not be written");
        assertThat(rig.server.inMemory()).isEmpty();
        assertThat(rig.server.calls("unload")).containsExactly("unload b", "unload a");
    }
}
