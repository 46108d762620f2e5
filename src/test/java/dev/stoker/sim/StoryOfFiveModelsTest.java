package dev.stoker.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.sim.physics.Box;
import dev.stoker.sim.physics.BoxFile;

import org.assertj.core.api.SoftAssertions;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/**
 * S2: five models on 128 GB, with and without management. Nothing is scripted: the memory decides.
 */
class StoryOfFiveModelsTest {
    private static final Percentage TEN = Percentage.withPercentage(10);
    private static final int ITERATIONS = Integer.getInteger("iterations", 3);

    @Test
    void story_fourConfigurations_giveItsFailuresPeaksAndTimes() throws Exception {
        var none = run("thor", 128, false, false);
        var unload = run("thor", 128, true, false);
        var restart = run("thor", 128, false, true);
        var full = run("thor", 128, true, true);

        SoftAssertions all = new SoftAssertions();
        all.assertThat(none.failed()).hasSize(2);
        all.assertThat(unload.failed()).containsExactly("llama3.3:70b");
        all.assertThat(restart.failed()).isEmpty();
        all.assertThat(full.failed()).isEmpty();
        all.assertThat(none.peakGb()).isCloseTo(98, TEN);
        all.assertThat(unload.peakGb()).isCloseTo(76, TEN);
        all.assertThat(restart.peakGb()).isCloseTo(45, TEN);
        all.assertThat(full.peakGb()).isCloseTo(42, TEN);
        all.assertAll();
    }

    @Test
    void story_twiceTheMemory_nothingFails() throws Exception {
        assertThat(run("thor", 256, false, false).failed()).isEmpty();
        assertThat(run("thor", 256, true, false).failed()).isEmpty();
    }

    private static BenchmarkStory.Outcome run(String box, int gb, boolean unload, boolean restart)
            throws Exception {
        Box b = BoxFile.load(box).withMemory(Bytes.gb(gb));
        return new BenchmarkStory(b, ITERATIONS).run(unload, restart);
    }
}
