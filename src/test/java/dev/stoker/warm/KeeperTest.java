package dev.stoker.warm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.alert.Notice;
import dev.stoker.alert.Severity;
import dev.stoker.server.RunnerOptions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

class KeeperTest {
    private static final Duration EVERY = Duration.ofSeconds(30);

    private final FakeServer server = new FakeServer();
    private final List<String> log = new ArrayList<>();
    private final NotesStore memory = NotesStore.none(new Notes());

    private Keeper keeper(NotesStore store, WarmSet.Care care, Desired... models) {
        WarmSet set = new WarmSet(List.of(models), Room.unknown(), care, ZoneOffset.UTC);
        return new Keeper(set, server, store, server, log::add);
    }

    private Keeper keeper(Desired... models) {
        return keeper(memory, WarmSet.Care.KEEP, models);
    }

    private static Desired wanting(String model, int priority, long context) {
        return new Desired(
                model,
                Optional.empty(),
                new RunnerOptions(
                        context > 0 ? OptionalLong.of(context) : OptionalLong.empty(),
                        Optional.empty(),
                        Map.of()),
                priority,
                OptionalDouble.empty(),
                Optional.empty());
    }

    private Keeper.Round after(Keeper keeper, Duration time) throws InterruptedException {
        server.pass(time);
        return keeper.round();
    }

    @Test
    void round_ofAnEmptyServer_loadsAllAndMeasuresEach() throws InterruptedException {
        Keeper.Round round = keeper(Desired.of("a"), Desired.of("b")).round();

        assertThat(server.calls).containsExactly("load a", "load b", "tick a", "tick b");
        assertThat(round.verdicts().values()).allMatch(Verdict::ready);
        assertThat(server.residents.get("a").expiresAt).isEqualTo(FakeServer.FOR_EVER);
    }

    @Test
    void hundredRounds_againstTheContextOfAClient_neverLoadAnything() throws InterruptedException {
        int runner = server.request("a", 1024).runner;
        Keeper keeper = keeper(Desired.of("a"));

        for (int i = 0; i < 100; i++) {
            after(keeper, EVERY);
        }

        assertThat(server.residents.get("a").runner).isEqualTo(runner);
        assertThat(server.calls).hasSize(100).containsOnly("tick a");
    }

    @Test
    void round_afterAnUnload_loadsAgainAndSaysItOnce() throws InterruptedException {
        Keeper keeper = keeper(Desired.of("a"));
        keeper.round();
        log.clear();
        server.residents.clear();

        Keeper.Round round = after(keeper, EVERY);
        after(keeper, EVERY);

        assertThat(log).containsExactly("reloaded a: somebody had it unloaded (4.0 s)");
        assertThat(round.lost()).containsKey("a");
        assertThat(WarmNotices.of("http://x", round, OptionalDouble.empty()))
                .extracting(Notice::code)
                .containsExactly("warm-evicted");
    }

    @Test
    void round_afterARestart_namesTheRestart() throws InterruptedException {
        Keeper keeper = keeper(Desired.of("a"));
        keeper.round();
        log.clear();
        server.restart();

        after(keeper, EVERY);

        assertThat(log)
                .containsExactly(
                        "the server was restarted", "reloaded a: the server was restarted (4.0 s)");
    }

    @Test
    void round_afterTheRunnersEnd_loadsThoughItIsListed() throws InterruptedException {
        Keeper keeper = keeper(Desired.of("a"));
        keeper.round();
        log.clear();
        server.residents.get("a").runnerGone = true;

        after(keeper, EVERY);

        assertThat(log).containsExactly("reloaded a: its runner had ended (4.0 s)");
    }

    @Test
    void round_whenTheLogTellsWhoAskedForTheOther_namesHimToo() throws InterruptedException {
        server.room = 1;
        Keeper keeper =
                new Keeper(
                        new WarmSet(
                                List.of(Desired.of("a")),
                                Room.unknown(),
                                WarmSet.Care.KEEP,
                                ZoneOffset.UTC),
                        server,
                        memory,
                        server,
                        log::add,
                        _ -> "10.0.0.7");
        keeper.round();
        log.clear();
        server.request("c", 4096);

        after(keeper, EVERY);

        assertThat(log).containsExactly("reloaded a: evicted by c requested by 10.0.0.7 (4.0 s)");
    }

    @Test
    void round_whenAnotherModelEvictsIt_namesTheOther() throws InterruptedException {
        server.room = 1;
        Keeper keeper = keeper(Desired.of("a"));
        keeper.round();
        log.clear();
        server.request("c", 4096);

        after(keeper, EVERY);

        assertThat(log).containsExactly("reloaded a: evicted by c (4.0 s)");
    }

    @Test
    void rounds_whenAnotherKeepsEvicting_loadEverMoreSeldomAndRaiseThrash()
            throws InterruptedException {
        server.room = 1;
        Keeper keeper = keeper(Desired.of("a"));
        keeper.round();
        server.calls.clear();
        boolean thrash = false;
        for (int i = 0; i < 120; i++) {
            server.request("c", 4096);
            Keeper.Round round = after(keeper, EVERY);
            thrash |= round.verdicts().get("a").code() == Verdict.Code.THRASH;
        }

        assertThat(thrash).isTrue();
        assertThat(server.calls.stream().filter(c -> c.startsWith("load")).count())
                .as("loads in an hour")
                .isBetween(3L, 8L);
    }

    @Test
    void rounds_ofTwoThatCanNotStay_keepTheFirstAndSayWhy() throws InterruptedException {
        server.room = 1;
        Keeper keeper = keeper(Desired.of("a"), Desired.of("b"));
        Keeper.Round round = keeper.round();
        for (int i = 0; i < 20; i++) {
            round = after(keeper, EVERY);
        }

        assertThat(server.residents).containsOnlyKeys("a");
        assertThat(round.verdicts().get("b").code()).isEqualTo(Verdict.Code.THRASH);
        assertThat(round.verdicts().get("b").reason()).contains("push each other out");
        assertThat(server.calls.stream().filter(c -> c.startsWith("load")).count()).isEqualTo(3);
    }

    @Test
    void round_whereTheServerTellsItsRoom_loadsNothingInVain() throws InterruptedException {
        server.room = 1;
        server.tellsRoom = true;
        Keeper.Round round = keeper(wanting("a", 0, 0), wanting("b", 5, 0)).round();

        assertThat(server.calls).containsExactly("load b", "tick b");
        assertThat(round.verdicts().get("a").reason()).contains("at most 1 model at once");
    }

    @Test
    void round_whileRequestsRun_doesNotLoad() throws InterruptedException {
        server.request("c", 4096).running = 1;
        Keeper.Round round = keeper(Desired.of("a")).round();

        assertThat(server.calls).isEmpty();
        assertThat(round.verdicts().get("a").ready()).isFalse();

        keeper(memory, new WarmSet.Care(true, true, true), Desired.of("a")).round();
        assertThat(server.calls).contains("load a");
    }

    @Test
    void round_withAShortKeepAliveOfAClient_setsItBackToForEver() throws InterruptedException {
        FakeServer.Resident a = server.request("a", 4096);
        a.expiresAt = server.now.plusSeconds(60);
        a.running = 1;
        Keeper keeper = keeper(Desired.of("a"));
        keeper.round();

        assertThat(server.calls).containsExactly("hold a");
        assertThat(a.expiresAt).isEqualTo(FakeServer.FOR_EVER);
    }

    @Test
    void check_always_loadsNothingAndLeavesTheKeepAlive() throws InterruptedException {
        FakeServer.Resident a = server.request("a", 1024);
        a.expiresAt = server.now.plusSeconds(600);
        Keeper.Round round =
                keeper(memory, WarmSet.Care.CHECK, Desired.of("a"), Desired.of("b")).round();

        assertThat(server.calls).containsExactly("tick a");
        assertThat(a.expiresAt).isBefore(FakeServer.FOR_EVER);
        assertThat(round.verdicts().get("a").ready()).isTrue();
        assertThat(round.verdicts().get("b").ready()).isFalse();
    }

    @Test
    void round_ofAModelAtHalfItsSpeed_saysSoAndLoadsItAnewOnceItStaysSo()
            throws InterruptedException {
        Keeper keeper = keeper(Desired.of("a"));
        for (int i = 0; i < 5; i++) {
            after(keeper, EVERY);
        }
        server.rate = 20;
        server.calls.clear();
        Keeper.Round round = after(keeper, EVERY);
        assertThat(WarmNotices.of("http://x", round, OptionalDouble.empty())).isEmpty();
        for (int i = 0; i < 8; i++) {
            assertThat(server.calls).doesNotContain("unload a");
            after(keeper, EVERY);
        }
        for (int i = 0; i < 12; i++) {
            after(keeper, EVERY);
        }

        assertThat(round.verdicts().get("a").code()).isEqualTo(Verdict.Code.DEGRADED);
        assertThat(round.verdicts().get("a").reason()).contains("20.0 tokens", "50.0");
        assertThat(server.calls.stream().filter(c -> c.equals("unload a")).count()).isEqualTo(1);
    }

    @Test
    void round_ofAModelOnTheCpu_isNotReady() throws InterruptedException {
        Keeper keeper = keeper(memory, new WarmSet.Care(true, false, false), Desired.of("a"));
        keeper.round();
        server.residents.get("a").gpuShare = 0;

        Verdict verdict = after(keeper, EVERY).verdicts().get("a");

        assertThat(verdict.code()).isEqualTo(Verdict.Code.CPU_FALLBACK);
        assertThat(verdict.resident()).isTrue();
    }

    @Test
    void round_ofAFailedLoad_loadsTheOthersAgainAndWaits() throws InterruptedException {
        keeper(Desired.of("a")).round();
        Keeper both = keeper(memory, WarmSet.Care.KEEP, wanting("a", 1, 0), Desired.of("big"));
        server.failing = "big";
        log.clear();

        Keeper.Round round = both.round();
        server.calls.clear();
        after(both, Duration.ofSeconds(5));

        assertThat(log).contains("reloaded a: the failed load of big emptied the server (4.0 s)");
        assertThat(round.verdicts().get("a").ready()).isTrue();
        assertThat(round.verdicts().get("big").reason()).contains("Memory ran out.");
        assertThat(server.calls).containsExactly("tick a");
    }

    @Test
    void nextStart_afterAKillBetweenUnloadAndLoad_repairs(@TempDir Path folder)
            throws IOException, InterruptedException {
        Path path = folder.resolve("notes.json");
        server.request("a", 1024);
        try (NotesFile first = NotesFile.open(path).orElseThrow()) {
            Keeper keeper = keeper(first, WarmSet.Care.KEEP, wanting("a", 0, 4096));
            server.killedInLoad = true;
            assertThatThrownBy(keeper::round).isInstanceOf(FakeServer.Killed.class);
        }
        assertThat(server.residents).isEmpty();

        try (NotesFile second = NotesFile.open(path).orElseThrow()) {
            Keeper.Round round = keeper(second, WarmSet.Care.KEEP, wanting("a", 0, 4096)).round();

            assertThat(round.verdicts().get("a").ready()).isTrue();
            assertThat(log).hasSize(1);
            assertThat(log.getFirst())
                    .startsWith(
                            "reloaded a: Stoker took it out to load it anew: it was loaded"
                                    + " with a context of 1024, not 4096");
        }
        assertThat(server.calls).containsExactly("unload a", "load a", "load a", "tick a");
    }

    @Test
    void nextStart_afterAKillBetweenEvictionAndLoad_stillTellsTheEvictionAndOnce(
            @TempDir Path folder) throws IOException, InterruptedException {
        Path path = folder.resolve("notes.json");
        server.room = 1;
        try (NotesFile first = NotesFile.open(path).orElseThrow()) {
            Keeper keeper = keeper(first, WarmSet.Care.KEEP, Desired.of("a"));
            keeper.round();
            keeper.told();
            server.request("c", 4096);
            server.killedInLoad = true;
            assertThatThrownBy(() -> after(keeper, EVERY)).isInstanceOf(FakeServer.Killed.class);
        }
        try (NotesFile second = NotesFile.open(path).orElseThrow()) {
            Keeper keeper = keeper(second, WarmSet.Care.KEEP, Desired.of("a"));
            Keeper.Round round = after(keeper, EVERY);

            assertThat(round.verdicts().get("a").ready()).isTrue();
            assertThat(round.lost()).containsEntry("a", "evicted by c");
            keeper.told();
        }
        try (NotesFile third = NotesFile.open(path).orElseThrow()) {
            Keeper keeper = keeper(third, WarmSet.Care.KEEP, Desired.of("a"));
            assertThat(after(keeper, EVERY).lost()).isEmpty();
        }
    }

    @Test
    void round_ofAServerThatIsDown_saysItOnceAndComesBack() throws InterruptedException {
        Keeper keeper = keeper(Desired.of("a"), Desired.of("b"));
        keeper.round();
        log.clear();
        server.up = false;
        Keeper.Round round = after(keeper, EVERY);
        after(keeper, EVERY);

        assertThat(log).containsExactly("the server is down: connection refused.");
        assertThat(WarmNotices.of("http://x", round, OptionalDouble.empty()))
                .extracting(Notice::code)
                .containsExactly("warm-server-down");

        server.up = true;
        server.restart();
        log.clear();
        assertThat(after(keeper, EVERY).verdicts().values()).allMatch(Verdict::ready);
        assertThat(log).hasSize(3);
    }

    @Test
    void schedule_thatEnds_letsTheModelGo() throws InterruptedException {
        Desired office =
                new Desired(
                        "a",
                        Optional.empty(),
                        RunnerOptions.defaults(),
                        0,
                        OptionalDouble.empty(),
                        WarmSchedule.parse("weekdays 8-18"));
        Keeper keeper = keeper(office);
        keeper.round();
        server.now = server.now.plus(Duration.ofHours(9));

        Keeper.Round round = keeper.round();

        assertThat(round.verdicts().get("a").code()).isEqualTo(Verdict.Code.RESTING);
        assertThat(server.residents.get("a").expiresAt).isBefore(FakeServer.FOR_EVER);
        server.calls.clear();
        after(keeper, EVERY);
        assertThat(server.calls).isEmpty();
    }

    @Test
    void notices_ofAFullMemory_areWarningThenCritical() throws InterruptedException {
        Keeper.Round round = keeper(Desired.of("a")).round();

        assertThat(WarmNotices.of("http://x", round, OptionalDouble.of(0.79))).isEmpty();
        assertThat(WarmNotices.of("http://x", round, OptionalDouble.of(0.8)))
                .extracting(Notice::severity)
                .containsExactly(Severity.WARNING);
        assertThat(WarmNotices.of("http://x", round, OptionalDouble.of(0.95)))
                .extracting(Notice::severity)
                .containsExactly(Severity.CRITICAL);
    }
}
