package dev.stoker.warm;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Whatever others do to a server, the decisions keep to their rules. */
class DeciderProperties {
    private static final List<String> NAMES = List.of("a", "b", "c");

    private final List<Desired> wanted = List.of(Desired.of("a"), Desired.of("b"));

    private void disturb(FakeServer server, int what) {
        String model = NAMES.get(what % 3);
        switch (what / 3) {
            case 0 -> server.residents.remove(model);
            case 1 -> server.request(model, 1024);
            case 2 -> {
                if (server.residents.containsKey(model)) {
                    server.residents.get(model).runnerGone = true;
                }
            }
            case 3 -> server.restart();
            case 4 -> server.up = !server.up;
            default -> server.pass(Duration.ofMinutes(what));
        }
    }

    private WarmSet set() {
        return new WarmSet(wanted, Room.unknown(), WarmSet.Care.KEEP, ZoneOffset.UTC);
    }

    @Property(tries = 300)
    void ticks_whateverHappens_neverLoadWhatWasSeenAlive(
            @ForAll @Size(max = 40) List<@IntRange(min = 0, max = 19) Integer> events,
            @ForAll @IntRange(min = 1, max = 3) int room)
            throws InterruptedException {
        FakeServer server = new FakeServer();
        server.room = room;
        Keeper keeper = new Keeper(set(), server, NotesStore.none(new Notes()), server, _ -> {});
        for (int event : events) {
            disturb(server, event);
            server.pass(Duration.ofSeconds(30));
            server.calls.clear();
            keeper.round();
            Set<Integer> runners = new HashSet<>();
            server.residents.values().forEach(r -> runners.add(r.runner));
            List<String> loads = server.calls.stream().filter(c -> c.startsWith("load")).toList();
            // Every runner that is new after the round was loaded on purpose.
            assertThat(loads.size()).isLessThanOrEqualTo(2 * wanted.size());
            if (loads.isEmpty()) {
                server.calls.clear();
                server.pass(Duration.ofSeconds(1));
                keeper.round();
                Set<Integer> after = new HashSet<>();
                server.residents.values().forEach(r -> after.add(r.runner));
                if (server.calls.stream().noneMatch(c -> c.startsWith("load"))) {
                    assertThat(after).isEqualTo(runners);
                }
            }
        }
    }

    @Property(tries = 300)
    void decision_ofTheSameInputs_isTheSameAndLeavesThemAlone(
            @ForAll @Size(max = 20) List<@IntRange(min = 0, max = 19) Integer> events)
            throws InterruptedException {
        FakeServer server = new FakeServer();
        Notes notes = new Notes();
        for (int event : events) {
            disturb(server, event);
            Seen seen = server.look();
            String before = NotesJson.write(notes).toString();
            Decision one = Decider.decide(set(), seen, notes);
            Decision two = Decider.decide(set(), seen, notes);
            assertThat(NotesJson.write(notes).toString()).isEqualTo(before);
            assertThat(one.actions()).isEqualTo(two.actions());
            assertThat(one.log()).isEqualTo(two.log());
            assertThat(
                            one.actions().stream()
                                    .filter(a ->
                                            a instanceof WarmAction.Load
                                                    || a instanceof WarmAction.Reload))
                    .hasSizeLessThanOrEqualTo(1);
            notes = NotesJson.read(NotesJson.write(one.notes()));
            assertThat(NotesJson.write(notes).toString())
                    .isEqualTo(NotesJson.write(one.notes()).toString());
        }
    }

    @Property(tries = 200)
    void rounds_whereAllStay_bringAllBack(
            @ForAll @Size(max = 30) List<@IntRange(min = 0, max = 11) Integer> events)
            throws InterruptedException {
        FakeServer server = new FakeServer();
        server.room = 3;
        List<String> log = new ArrayList<>();
        Keeper keeper = new Keeper(set(), server, NotesStore.none(new Notes()), server, log::add);
        for (int event : events) {
            disturb(server, event);
            server.pass(Duration.ofSeconds(30));
            keeper.round();
        }
        server.pass(Duration.ofHours(2));
        keeper.round();
        assertThat(server.residents).containsKeys("a", "b");
        assertThat(server.residents.values()).noneMatch(r -> r.runnerGone && !isOther(server, r));
    }

    private static boolean isOther(FakeServer server, FakeServer.Resident resident) {
        return server.residents.get("c") == resident;
    }
}
