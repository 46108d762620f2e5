package dev.stoker.sim.physics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What always holds of a box's memory and rates, whatever is loaded and unloaded. */
class BoxMemoryProperties {
    private static final Box THOR = BoxFile.load("thor");
    private static final Box DUAL = BoxFile.load("dual");

    enum Move {
        LOAD,
        UNLOAD,
        KILL,
        READ,
        RESTART
    }

    record Step(Move move, int model, int seconds) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.of(Move.values()),
                        Arbitraries.integers().between(0, 5),
                        Arbitraries.integers().between(0, 30))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }

    @Property(tries = 200)
    void books_afterAnySteps_addUpAndAreNeverNegative(
            @ForAll("steps") List<Step> steps, @ForAll boolean unified) {
        Box box = unified ? THOR : DUAL;
        BoxMemory memory = new BoxMemory(box);
        Set<String> loaded = new TreeSet<>();
        long now = 0;
        for (Step step : steps) {
            now += step.seconds() * 1_000_000_000L;
            ModelSpec model = box.models().get(step.model() % box.models().size());
            play(memory, box, loaded, model, step.move(), now);
            BoxMemory.Books b = memory.books(now);
            assertThat(b.system() + b.other() + b.server() + b.cache() + b.free())
                    .isEqualTo(b.total());
            assertThat(List.of(b.server(), b.cache(), b.free(), b.retained()))
                    .allMatch(bytes -> bytes >= 0);
            assertThat(b.peak()).isGreaterThanOrEqualTo(b.server());
            for (int i = 0; i < box.gpus().size(); i++) {
                assertThat(b.gpuUsed().get(i)).isBetween(0L, box.gpus().get(i).memory().count());
            }
        }
    }

    private static void play(
            BoxMemory memory, Box box, Set<String> loaded, ModelSpec model, Move move, long now) {
        switch (move) {
            case LOAD -> {
                Placement p = Placement.of(model, 4096, box.gpus(), memory.gpuFree(now), false, -1);
                if (memory.fits(p, now) && loaded.add(model.name())) {
                    memory.allocate(model.name(), p, now);
                }
            }
            case UNLOAD -> {
                loaded.remove(model.name());
                memory.free(model.name(), model.keeps().count(), now);
            }
            case KILL -> {
                loaded.remove(model.name());
                memory.drop(model.name());
            }
            case READ -> memory.read(model.digest(), model.file().count(), now);
            case RESTART -> {
                loaded.clear();
                memory.restartServer();
            }
        }
    }

    @Property
    void placement_anyFreeMemory_placesEveryLayerOnce(
            @ForAll @IntRange(max = 8000) int freeA,
            @ForAll @IntRange(max = 6000) int freeB,
            @ForAll boolean spread) {
        for (ModelSpec model : DUAL.models()) {
            List<Long> free = List.of((long) freeA << 20, (long) freeB << 20);
            Placement p = Placement.of(model, 4096, DUAL.gpus(), free, spread, -1);
            int onGpus = p.layers().stream().mapToInt(Integer::intValue).sum();
            assertThat(onGpus + p.onHost()).isEqualTo(model.layers());
            for (int i = 0; i < 2; i++) {
                assertThat(p.gpuBytes().get(i)).isLessThanOrEqualTo(free.get(i));
            }
        }
    }

    @Property
    void tokenTime_deeperOrMoreTogether_isNeverShorter(
            @ForAll @IntRange(max = 100_000) int depth,
            @ForAll @IntRange(min = 1, max = 64) int together) {
        ModelSpec model = THOR.models().getFirst();
        Placement p = Placement.of(model, 4096, THOR.gpus(), List.of(100L << 30), false, -1);
        Rates rates = new Rates(THOR, model, p, 1, 1);
        assertThat(rates.tokenSeconds(depth + 1000, together))
                .isGreaterThanOrEqualTo(rates.tokenSeconds(depth, together));
        assertThat(rates.tokenSeconds(depth, together + 1))
                .isGreaterThanOrEqualTo(rates.tokenSeconds(depth, together));
        assertThat(rates.promptSeconds(depth + 1)).isGreaterThan(rates.promptSeconds(depth));
    }

    @Property
    void load_moreInTheCache_isNeverLonger(@ForAll @DoubleRange(min = 0, max = 1) double part) {
        long file = Bytes.gb(20).count();
        double some = Rates.loadSeconds(THOR, file, (long) (file * part));
        assertThat(some)
                .isBetween(Rates.loadSeconds(THOR, file, file), Rates.loadSeconds(THOR, file, 0));
    }

    @Property(tries = 20)
    void unloadedMemory_comesBackSteadily(@ForAll @IntRange(min = 1, max = 60) int seconds) {
        ModelSpec model = THOR.model("qwq:32b").orElseThrow();
        BoxMemory memory = new BoxMemory(THOR);
        memory.allocate(
                "m", Placement.of(model, 4096, THOR.gpus(), memory.gpuFree(0), false, -1), 0);
        memory.free("m", 0, 0);
        long before = memory.server((seconds - 1) * 1_000_000_000L);
        assertThat(memory.server(seconds * 1_000_000_000L)).isLessThanOrEqualTo(before);
        assertThat(Optional.of(memory.server(1_000_000_000_000L))).contains(0L);
    }
}
