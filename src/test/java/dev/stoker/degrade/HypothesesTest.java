package dev.stoker.degrade;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.degrade.Hypothesis.Fits;

import org.junit.jupiter.api.Test;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What was seen, and which causes agree with it. */
class HypothesesTest {
    private static final double GIB = 1L << 30;

    private static final Map<Sign, Double> SOUND =
            Map.ofEntries(
                    Map.entry(Sign.LAYERS_ON_GPU, 40.0),
                    Map.entry(Sign.SIZE_VRAM_BYTES, 10 * GIB),
                    Map.entry(Sign.CONTEXT_TOKENS, 4096.0),
                    Map.entry(Sign.MEM_FREE_BYTES, 60 * GIB),
                    Map.entry(Sign.MEM_AVAILABLE_BYTES, 80 * GIB),
                    Map.entry(Sign.LARGE_BLOCKS_SHARE, 0.9),
                    Map.entry(Sign.GPUS, 1.0),
                    Map.entry(Sign.CLOCK_HERTZ, 1.5e9),
                    Map.entry(Sign.IDLE_UTILIZATION_PERCENT, 0.0),
                    Map.entry(Sign.LOAD_AVERAGE, 0.5),
                    Map.entry(Sign.CPU_PRESSURE, 0.0),
                    Map.entry(Sign.CORES, 14.0));

    private static List<Hypothesis> of(Map<Sign, Double> later) {
        Map<Sign, Double> changed = new EnumMap<>(SOUND);
        changed.putAll(later);
        List<Measured> run = Runs.of(5, (s, n) -> s.load() == 0 ? 20 : 10, SOUND, changed);
        return Hypotheses.of(run, Judgement.of(run, Design.TOLERANCE));
    }

    private static List<Cause> fitting(List<Hypothesis> all) {
        return all.stream().filter(h -> h.fits() == Fits.YES).map(Hypothesis::cause).toList();
    }

    @Test
    void fewerLayers_littleFreeAndMuchAvailable_isThePageCache() {
        assertThat(
                        fitting(
                                of(
                                        Map.of(
                                                Sign.LAYERS_ON_GPU, 20.0,
                                                Sign.SIZE_VRAM_BYTES, 5 * GIB,
                                                Sign.MEM_FREE_BYTES, 2 * GIB))))
                .containsExactly(Cause.PAGE_CACHE);
    }

    @Test
    void fewerLayers_enoughWasFree_isAPartialOffload() {
        assertThat(fitting(of(Map.of(Sign.LAYERS_ON_GPU, 20.0, Sign.SIZE_VRAM_BYTES, 5 * GIB))))
                .containsExactly(Cause.PARTIAL_OFFLOAD);
    }

    @Test
    void nothingOnTheGpu_isAVanishedGpu() {
        assertThat(fitting(of(Map.of(Sign.LAYERS_ON_GPU, 0.0, Sign.SIZE_VRAM_BYTES, 0.0))))
                .containsExactly(Cause.GPU_VANISHED);
    }

    @Test
    void noLargeBlocks_isFragmentation() {
        assertThat(fitting(of(Map.of(Sign.LARGE_BLOCKS_SHARE, 0.01))))
                .containsExactly(Cause.FRAGMENTATION);
    }

    @Test
    void lowClock_isTheClock() {
        assertThat(fitting(of(Map.of(Sign.CLOCK_HERTZ, 0.8e9)))).containsExactly(Cause.CLOCKS);
    }

    @Test
    void busyGpuBeforeTheRequest_isANeighbour() {
        assertThat(fitting(of(Map.of(Sign.IDLE_UTILIZATION_PERCENT, 60.0))))
                .containsExactly(Cause.NEIGHBOUR);
    }

    @Test
    void largerContext_isFound() {
        assertThat(fitting(of(Map.of(Sign.CONTEXT_TOKENS, 32768.0))))
                .containsExactly(Cause.LARGER_CONTEXT);
    }

    @Test
    void slowerWithoutASign_isOpenAndNoCauseIsClaimed() {
        List<Hypothesis> all = of(Map.of());
        assertThat(fitting(all)).isEmpty();
        assertThat(all)
                .filteredOn(h -> h.cause() == Cause.PROCESS_LOTTERY)
                .extracting(Hypothesis::fits)
                .containsExactly(Fits.UNKNOWN);
        assertThat(all).extracting(Hypothesis::cause).containsExactly(Cause.values());
    }

    @Test
    void nothingSeen_isUnknownAndNotRefuted() {
        List<Measured> run = Runs.of(5, (s, n) -> s.load() == 0 ? 20 : 10);
        assertThat(Hypotheses.of(run, Judgement.of(run, Design.TOLERANCE)))
                .filteredOn(h -> h.cause() != Cause.CLOCKS && h.cause() != Cause.PROCESS_LOTTERY)
                .extracting(Hypothesis::fits)
                .containsOnly(Fits.UNKNOWN);
    }

    @Test
    void healthyRun_noCauseFits() {
        List<Measured> run = Runs.of(5, (s, n) -> 20, SOUND, SOUND);
        assertThat(Hypotheses.of(run, Judgement.of(run, Design.TOLERANCE)))
                .extracting(Hypothesis::fits)
                .containsOnly(Fits.NO);
    }
}
