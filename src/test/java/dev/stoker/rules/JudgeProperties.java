package dev.stoker.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.alert.Severity;
import dev.stoker.gpu.GpuMetric;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

class JudgeProperties {

    @Property
    void judge_anyCourse_tellsEachThingOnceAndTheWorstFirst(
            @ForAll @Size(max = 40) List<@DoubleRange(min = 0, max = 1) Double> course) {
        Scene scene = new Scene();
        int second = 0;
        for (double value : course) {
            scene.gpu(0)
                    .memory(value * 24, 24)
                    .put(GpuMetric.TEMPERATURE, value * 110)
                    .put(GpuMetric.POWER, value * 300)
                    .put(GpuMetric.POWER_LIMIT, 300);
            scene.host(125 * (1 - value), 125);
            List<Alert> alerts = scene.alerts(second);
            Set<String> keys = new HashSet<>();
            for (int i = 0; i < alerts.size(); i++) {
                Alert alert = alerts.get(i);
                assertThat(keys.add(alert.rule() + " " + alert.labels())).isTrue();
                assertThat(alert.since()).isBeforeOrEqualTo(Scene.START.plusSeconds(second));
                assertThat(alert.sentence()).isNotBlank().doesNotContain("NaN");
                if (i > 0) {
                    assertThat(alert.severity()).isLessThanOrEqualTo(alerts.get(i - 1).severity());
                }
            }
            second++;
        }
    }

    /** At the mark or above there is an alert, far below there is none, whatever was before. */
    @Property
    void memory_anyCourse_speaksAtTheMarkAndIsSilentBelowTheSlack(
            @ForAll @Size(max = 40) List<@DoubleRange(min = 0, max = 1) Double> course) {
        Scene scene = new Scene();
        int second = 0;
        for (double value : course) {
            scene.host(125 * (1 - value), 125);
            List<Alert> alerts = scene.alerts(second++);
            double used = 1 - Math.round(125 * (1 - value) * (1L << 30)) / (125.0 * (1L << 30));
            if (used >= 0.95) {
                assertThat(alerts).extracting(Alert::severity).containsExactly(Severity.CRITICAL);
            } else if (used >= 0.8) {
                assertThat(alerts).hasSize(1);
            } else if (used <= 0.78) {
                assertThat(alerts).isEmpty();
            }
        }
    }

    /** A window is full when its values cover its time, and knows their least and their ends. */
    @Property
    void window_anyTimes_keepsWhatLiesInItsSpan(
            @ForAll @Size(min = 1, max = 200) List<@IntRange(min = 1, max = 5) Integer> steps,
            @ForAll @IntRange(min = 1, max = 60) int span) {
        Window window = new Window(Duration.ofSeconds(span));
        List<Long> times = new ArrayList<>();
        long now = 0;
        for (int step : steps) {
            now += step;
            times.add(now);
            window.add(now * 1_000_000_000L, now);
        }
        long last = now;
        boolean covered = last - times.getFirst() >= span;
        assertThat(window.isFull()).isEqualTo(covered);
        assertThat(window.last()).isEqualTo(last);
        long oldest =
                covered
                        ? times.stream()
                                .filter(t -> last - t >= span)
                                .mapToLong(t -> t)
                                .max()
                                .orElseThrow()
                        : times.getFirst();
        assertThat(window.first()).isEqualTo(oldest);
        assertThat(window.least()).isEqualTo(oldest);
        assertThat(window.seconds()).isEqualTo(last - oldest);
    }

    @Property
    void window_veryManyValues_staysFullAndBounded(@ForAll @IntRange(min = 1, max = 9) int each) {
        Window window = new Window(Duration.ofSeconds(60));
        for (long i = 0; i < 20_000; i++) {
            window.add(i * each * 1_000_000L, i);
        }
        assertThat(window.isFull()).isEqualTo(19_999L * each >= 60_000);
    }
}
