package dev.stoker.memory.llama.graph;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArenaTest {
    private static final long ENDLESS = Long.MAX_VALUE;

    @Test
    void take_unalignedSizes_areRoundedUp() {
        Arena arena = new Arena(32, ENDLESS);

        arena.take(1);
        Arena.Place second = arena.take(33);

        assertThat(second).isEqualTo(new Arena.Place(0, 32));
        assertThat(arena.most()).isEqualTo(96);
    }

    @Test
    void take_severalHoles_usesTheSmallestThatFits() {
        Arena arena = new Arena(1, ENDLESS);
        Arena.Place large = arena.take(100);
        arena.take(1);
        Arena.Place small = arena.take(40);
        arena.take(1);

        arena.give(0, large.offset(), 100);
        arena.give(0, small.offset(), 40);

        assertThat(arena.take(30).offset()).isEqualTo(small.offset());
        assertThat(arena.take(30).offset()).isEqualTo(large.offset());
    }

    @Test
    void give_neighbours_joinToOneHole() {
        Arena arena = new Arena(1, ENDLESS);
        arena.take(10);
        arena.take(20);
        arena.take(30);
        arena.take(1);

        arena.give(0, 0, 10);
        arena.give(0, 30, 30);
        arena.give(0, 10, 20);

        assertThat(arena.take(60).offset()).isZero();
        assertThat(arena.most()).isEqualTo(61);
    }

    @Test
    void take_holeTooSmall_growsAtTheEnd() {
        Arena arena = new Arena(1, ENDLESS);
        arena.take(10);
        arena.take(1);
        arena.give(0, 0, 10);

        assertThat(arena.take(11).offset()).isEqualTo(11);
        assertThat(arena.most()).isEqualTo(22);
    }

    @Test
    void take_beyondTheLargestBuffer_startsAnotherChunk() {
        Arena arena = new Arena(1, 100);

        arena.take(80);
        Arena.Place second = arena.take(30);
        Arena.Place larger = arena.take(150);

        assertThat(second).isEqualTo(new Arena.Place(1, 0));
        assertThat(larger).isEqualTo(new Arena.Place(2, 0));
        assertThat(arena.most()).isEqualTo(80 + 30 + 150);
    }
}
