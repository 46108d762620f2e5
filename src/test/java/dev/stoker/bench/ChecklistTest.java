package dev.stoker.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.bench.Checklist.Check;
import dev.stoker.bench.Checklist.State;
import dev.stoker.host.HostProcess;
import dev.stoker.host.MemoryUser;
import dev.stoker.host.NoHost;
import dev.stoker.host.Throttling;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

/** Every line of the checklist in each of its states. */
class ChecklistTest {
    private BenchRig rig;

    @BeforeEach
    void rig(@TempDir Path results) {
        rig = new BenchRig(results);
        rig.server.model("a", 4);
    }

    private Check check(String title) throws Exception {
        return check(title, rig.context());
    }

    private Check check(String title, BenchContext context) throws Exception {
        List<Check> checks = Checklist.of(context, Planner.plan(context, rig.request));
        return checks.stream().filter(c -> c.title().equals(title)).findFirst().orElseThrow();
    }

    @Test
    void checklist_healthyHost_isAllGood() throws Exception {
        assertThat(Checklist.of(rig.context(), rig.plan()))
                .allMatch(c -> c.state() == State.GOOD)
                .extracting(Check::title)
                .containsExactly(
                        "server",
                        "memory",
                        "loaded",
                        "server memory",
                        "other users",
                        "swap",
                        "heat");
    }

    @Test
    void memory_tooSmallForAModel_warnsAndNamesIt() throws Exception {
        rig.server.model("big", 60);
        assertThat(check("memory").state()).isEqualTo(State.WARNING);
        assertThat(check("memory").detail()).contains("may not be enough for big");
    }

    @Test
    void memory_almostAllInUse_isBad() throws Exception {
        rig.host.usedByOthers = Bytes.gib(62);
        assertThat(check("memory").state()).isEqualTo(State.BAD);
    }

    @Test
    void loaded_modelsOfOthers_warns() throws Exception {
        rig.server.model("z", 2).alreadyLoaded("z");
        assertThat(check("loaded"))
                .isEqualTo(new Check(State.WARNING, "loaded", "z will be unloaded first"));
    }

    @Test
    void loaded_listedButNoRunnerLives_isCalledDead() throws Exception {
        rig.server.model("z", 2).alreadyLoaded("z");
        rig.host.runnersLive = false;
        assertThat(check("loaded").state()).isEqualTo(State.WARNING);
        assertThat(check("loaded").detail()).startsWith("z listed, but no runner lives");
    }

    @Test
    void serverMemory_heavyWithoutAModel_warns() throws Exception {
        rig.host.base = Bytes.gib(5);
        assertThat(check("server memory").state()).isEqualTo(State.WARNING);
        assertThat(check("server memory").detail()).contains("a restart would give it back");
    }

    @Test
    void otherUsers_largeProcess_isNamedButTheServerIsNot() throws Exception {
        rig.host.others.add(new MemoryUser(FakeHost.SERVER, Bytes.gib(30)));
        rig.host.others.add(
                new MemoryUser(new HostProcess(7, 1, "train\u001b[31m", "train"), Bytes.gib(9)));
        Check others = check("other users");
        assertThat(others.state()).isEqualTo(State.WARNING);
        assertThat(others.detail()).isEqualTo("train[31m (pid 7) holds 9.0 GiB");
    }

    @Test
    void swap_inUse_warns() throws Exception {
        rig.host.swapUsed = Reading.known(Bytes.gib(4));
        assertThat(check("swap").state()).isEqualTo(State.WARNING);
        rig.host.swapUsed = Reading.failed("no such line");
        assertThat(check("swap").detail()).isEqualTo("unknown: no such line");
        rig.host.swapTotal = Reading.known(Bytes.ZERO);
        rig.host.swapUsed = Reading.known(Bytes.ZERO);
        assertThat(check("swap").detail()).startsWith("none");
    }

    @Test
    void heat_throttledNow_isBad() throws Exception {
        rig.host.throttling = Reading.known(new Throttling(true, "zone 0 is at its limit"));
        assertThat(check("heat").state()).isEqualTo(State.BAD);
        assertThat(check("heat").detail()).contains("zone 0", "slowed machine");
        rig.host.throttling = Reading.failed("no answer");
        assertThat(check("heat").state()).isEqualTo(State.WARNING);
    }

    @Test
    void checklist_hostOutOfSight_claimsNothingOfIt() throws Exception {
        BenchContext c = rig.context();
        BenchContext blind =
                new BenchContext(
                        c.server(),
                        c.clock(),
                        new NoHost("the server is on another machine"),
                        c.control(),
                        c.estimator(),
                        c.cached(),
                        "");
        for (String title : List.of("memory", "server memory", "other users", "swap")) {
            assertThat(check(title, blind))
                    .isEqualTo(
                            new Check(
                                    State.WARNING,
                                    title,
                                    "unknown: the server is on another machine"));
        }
    }
}
