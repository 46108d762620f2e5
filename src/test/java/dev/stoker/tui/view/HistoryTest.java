package dev.stoker.tui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.watch.MachineCourse;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class HistoryTest {

    @Test
    void course_ofOneValueASecond_isThatValueAtTheEnd() {
        Scene scene = Machines.desktop().scene(59);
        float[] course =
                scene.history().course("cpu", Duration.ofMinutes(1), 60, History.Blend.MEAN);
        assertThat(course).hasSize(60).doesNotContain(Float.NaN);
        assertThat(course[59]).isEqualTo(0.5f);
    }

    @Test
    void course_beforeTheFirstSample_isNotKnown() {
        Scene scene = Machines.desktop().scene(10);
        float[] course =
                scene.history().course("cpu", Duration.ofMinutes(1), 60, History.Blend.MEAN);
        assertThat(course[0]).isNaN();
        assertThat(course[59]).isNotNaN();
    }

    @Test
    void course_ofWhatIsUnknown_isAGapAndNotZero() {
        Scene scene = Machines.jetson().scene(30);
        assertThat(
                        scene.history()
                                .course(
                                        "heat GPU-0",
                                        Duration.ofMinutes(1),
                                        20,
                                        History.Blend.MEAN))
                .containsOnly(Float.NaN);
    }

    @Test
    void course_fewerPlacesThanSamples_blends() {
        History history = new History();
        MachineCourse course = new MachineCourse();
        history.add(course.next(Machines.desktop().sample()));
        assertThat(history.course("cpu", Duration.ofHours(1), 4, History.Blend.MOST)[3])
                .isEqualTo(0.5f);
    }

    @Test
    void add_moreThanItHolds_keepsTheNewest() {
        Scene scene = Machines.desktop().scene(4000);
        float[] course =
                scene.history().course("cpu", Duration.ofHours(1), 100, History.Blend.MEAN);
        assertThat(course).doesNotContain(Float.NaN);
    }
}
