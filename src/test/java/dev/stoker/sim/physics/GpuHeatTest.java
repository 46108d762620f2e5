package dev.stoker.sim.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;

import java.util.List;

class GpuHeatTest {
    private static final Box.Chip CHIP = BoxFile.load("a10g").gpus().getFirst().chip();

    private static long seconds(double s) {
        return Math.round(s * 1e9);
    }

    @Test
    void state_longIdle_idleFigures() {
        GpuHeat heat = new GpuHeat(CHIP, 0);

        GpuHeat.State state = heat.state(seconds(100));

        assertThat(state.utilisation()).isZero();
        assertThat(state.watts()).isEqualTo(CHIP.idleWatts());
        assertThat(state.celsius()).isEqualTo(CHIP.idleCelsius());
        assertThat(state.joules()).isEqualTo(100 * CHIP.idleWatts(), within(1e-6));
    }

    @Test
    void state_longLoad_fullFiguresAndCoolsAfterwards() {
        GpuHeat heat = new GpuHeat(CHIP, 0);
        heat.set(1, 0);
        assertThat(heat.state(seconds(40)).celsius())
                .isBetween(CHIP.idleCelsius() + 15, CHIP.fullCelsius() - 5);
        GpuHeat.State full = heat.state(seconds(1000));
        assertThat(full.utilisation()).isEqualTo(1, within(1e-6));
        assertThat(full.celsius()).isEqualTo(CHIP.fullCelsius(), within(0.01));
        heat.set(0, seconds(1000));

        assertThat(heat.state(seconds(1002)).utilisation()).isLessThan(0.01);
        assertThat(heat.state(seconds(1002)).celsius()).isGreaterThan(CHIP.fullCelsius() - 5);
        assertThat(heat.state(seconds(2000)).celsius()).isEqualTo(CHIP.idleCelsius(), within(0.01));
    }

    @Property
    void state_anyLoads_withinTheChipsRangeAndEnergyOnlyGrows(
            @ForAll @Size(min = 1, max = 20) List<@DoubleRange(min = -1, max = 3) Double> loads,
            @ForAll @IntRange(min = 0, max = 1000) int step) {
        GpuHeat heat = new GpuHeat(CHIP, 0);
        double joules = 0;
        long now = 0;
        for (double load : loads) {
            now += step * 100_000_000L;
            heat.set(load, now);
            GpuHeat.State state = heat.state(now + step * 50_000_000L);
            assertThat(state.utilisation()).isBetween(0.0, 1.0);
            assertThat(state.watts()).isBetween(CHIP.idleWatts(), CHIP.limitWatts());
            assertThat(state.celsius())
                    .isBetween(CHIP.idleCelsius() - 1e-9, CHIP.fullCelsius() + 1e-9);
            assertThat(state.joules()).isGreaterThanOrEqualTo(joules);
            joules = state.joules();
        }
    }

    @Property
    void state_askedOftenOrOnce_sameTemperature(@ForAll @IntRange(min = 1, max = 50) int often) {
        GpuHeat once = new GpuHeat(CHIP, 0);
        GpuHeat asked = new GpuHeat(CHIP, 0);
        once.set(0.7, 0);
        asked.set(0.7, 0);
        for (int i = 1; i <= often; i++) {
            asked.state(seconds(30.0 * i / often));
        }

        assertThat(asked.state(seconds(30)).celsius())
                .isEqualTo(once.state(seconds(30)).celsius(), within(1e-6));
    }
}
