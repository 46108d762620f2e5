package dev.stoker.plan.pack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.plan.pack.Bins.Answer;
import dev.stoker.plan.pack.Bins.Item;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;

import java.util.List;

class BinsTest {

    record Puzzle(long[] capacity, long common, Item[] items) {
        @Override
        public String toString() {
            StringBuilder b = new StringBuilder(List.of(box(capacity)) + " " + common);
            for (Item i : items) {
                b.append(" (").append(List.of(box(i.need()))).append(' ').append(i.weight());
                b.append(')');
            }
            return b.toString();
        }

        private static Long[] box(long[] values) {
            Long[] boxed = new Long[values.length];
            for (int i = 0; i < values.length; i++) {
                boxed[i] = values[i];
            }
            return boxed;
        }
    }

    @Provide
    Arbitrary<Puzzle> puzzles() {
        return Arbitraries.integers()
                .between(1, 3)
                .flatMap(bins -> {
                    Arbitrary<long[]> amounts =
                            Arbitraries.longs().between(0, 30).array(long[].class).ofSize(bins);
                    Arbitrary<Item> item =
                            Combinators.combine(
                                            Arbitraries.longs()
                                                    .between(1, 20)
                                                    .array(long[].class)
                                                    .ofSize(bins),
                                            Arbitraries.longs()
                                                    .between(0, 3)
                                                    .array(long[].class)
                                                    .ofSize(bins),
                                            Arbitraries.longs().between(1, 5),
                                            Arbitraries.of(true, false))
                                    .as((need, beside, weight, same) -> {
                                        if (same) {
                                            java.util.Arrays.fill(need, need[0]);
                                            java.util.Arrays.fill(beside, beside[0]);
                                        }
                                        return new Item(need, beside, weight);
                                    });
                    return Combinators.combine(
                                    amounts,
                                    Arbitraries.longs().between(0, 12),
                                    item.array(Item[].class).ofMinSize(0).ofMaxSize(6))
                            .as(Puzzle::new);
                });
    }

    private static Answer solve(Puzzle p) {
        return new Bins(p.capacity, p.common, p.items, (i, room) -> null, 1_000_000).solve();
    }

    @Property(tries = 400)
    void solve_any_neverExceedsABin(@ForAll("puzzles") Puzzle p) {
        Answer answer = solve(p);
        long[] used = new long[p.capacity.length];
        long common = 0;
        long weight = 0;
        for (int i = 0; i < p.items.length; i++) {
            int at = answer.place()[i];
            if (at >= 0) {
                used[at] += p.items[i].need()[at];
                common += p.items[i].beside()[at];
                weight += p.items[i].weight();
            }
        }
        for (int b = 0; b < used.length; b++) {
            assertThat(used[b]).isLessThanOrEqualTo(p.capacity[b]);
        }
        assertThat(common).isLessThanOrEqualTo(p.common);
        assertThat(weight).isEqualTo(answer.weight());
    }

    @Property(tries = 400)
    void solve_small_isAsGoodAsTryingAll(@ForAll("puzzles") Puzzle p) {
        Answer answer = solve(p);
        assertThat(answer.exact()).isTrue();
        assertThat(answer.weight()).isEqualTo(all(p, 0, p.capacity.clone(), p.common));
        assertThat(answer.bound()).isEqualTo(answer.weight());
    }

    private static long all(Puzzle p, int i, long[] room, long common) {
        if (i == p.items.length) {
            return 0;
        }
        long best = all(p, i + 1, room, common);
        for (int b = 0; b < room.length; b++) {
            Item item = p.items[i];
            if (item.need()[b] <= room[b] && item.beside()[b] <= common) {
                room[b] -= item.need()[b];
                best =
                        Math.max(
                                best,
                                item.weight() + all(p, i + 1, room, common - item.beside()[b]));
                room[b] += item.need()[b];
            }
        }
        return best;
    }

    @Property(tries = 200)
    void solve_littleTime_statesABoundThatHolds(@ForAll("puzzles") Puzzle p) {
        Answer hasty = new Bins(p.capacity, p.common, p.items, (i, room) -> null, 3).solve();
        long best = all(p, 0, p.capacity.clone(), p.common);
        assertThat(hasty.weight()).isLessThanOrEqualTo(best);
        assertThat(hasty.bound()).isGreaterThanOrEqualTo(best);
        if (hasty.exact()) {
            assertThat(hasty.weight()).isEqualTo(best);
        }
    }

    @Test
    void solve_equalSets_leavesTheLargestBinFree() {
        Item small = new Item(new long[] {4, 4}, new long[2], 1);
        Answer answer =
                new Bins(new long[] {10, 8}, 100, new Item[] {small, small}, (i, r) -> null, 1000)
                        .solve();
        assertThat(answer.place()).containsExactly(1, 1);
    }

    @Test
    void solve_itemTooLargeForOne_isSplit() {
        Item large = new Item(new long[] {12, 12}, new long[2], 1);
        Item small = new Item(new long[] {3, 3}, new long[2], 1);
        Answer answer =
                new Bins(
                                new long[] {8, 8},
                                100,
                                new Item[] {large, small},
                                (i, room) ->
                                        room[0] + room[1] >= 13
                                                ? new long[] {room[0], 13 - room[0], 1}
                                                : null,
                                1000)
                        .solve();
        assertThat(answer.weight()).isEqualTo(2);
        assertThat(answer.place()[0]).isEqualTo(Bins.SPLIT);
        assertThat(answer.exact()).isTrue();
    }

    @Test
    void solve_manyItems_endsWithinItsBudget() {
        Item[] items = new Item[60];
        for (int i = 0; i < items.length; i++) {
            long need = 100 + 37L * i % 91;
            items[i] = new Item(new long[] {need, need, need + 1}, new long[3], 1);
        }
        Answer answer =
                new Bins(
                                new long[] {1000, 1500, 900},
                                Long.MAX_VALUE,
                                items,
                                (i, r) -> null,
                                50_000)
                        .solve();
        assertThat(answer.weight()).isBetween(24L, answer.bound());
        assertThat(answer.bound() - answer.weight()).isLessThanOrEqualTo(3);
    }
}
