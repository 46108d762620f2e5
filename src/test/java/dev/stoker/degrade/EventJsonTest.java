package dev.stoker.degrade;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Reading;
import dev.stoker.degrade.DegradeEvent.Outcome;
import dev.stoker.json.Json;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Map;

class EventJsonTest {

    private static DegradeEvent through(DegradeEvent event) {
        JsonNode line = Json.parse(Json.write(EventJson.write(event))).orElseThrow();
        return EventJson.read(line).orElseThrow();
    }

    @Property(tries = 100)
    void measurement_writtenAndRead_isTheSame(
            @ForAll @DoubleRange(min = 0.01, max = 1e5) double rate,
            @ForAll @IntRange(min = 0, max = 100) int load,
            @ForAll @IntRange(min = 1, max = 5) int position,
            @ForAll String runner) {
        Look look =
                new Look(
                        Map.of(Sign.CLOCK_HERTZ, Reading.known(rate * 1e6)),
                        Reading.known(List.of("sw_power_cap")),
                        Reading.known(runner),
                        Reading.known(true),
                        Reading.known(List.of(3L, 2L, 1L)));
        Measured m =
                new Measured(
                        5,
                        rate,
                        load,
                        position,
                        rate,
                        Reading.known(rate),
                        Reading.known(1.5),
                        look);
        DegradeEvent.Cycled read = (DegradeEvent.Cycled) through(new DegradeEvent.Cycled(7, m));
        assertThat(read.measured().decode()).isEqualTo(rate);
        assertThat(read.measured().load()).isEqualTo(load);
        assertThat(read.measured().position()).isEqualTo(position);
        assertThat(read.measured().look().sign(Sign.CLOCK_HERTZ).value()).isEqualTo(rate * 1e6);
        assertThat(read.measured().look().runner().value()).isEqualTo(runner);
        assertThat(read.measured().look().freeBlocks().value()).containsExactly(3L, 2L, 1L);
        assertThat(read.measured().look().sign(Sign.LAYERS).isKnown()).isFalse();
        assertThat(through(read)).isEqualTo(read);
    }

    @Test
    void otherEvents_writtenAndRead_areTheSame() {
        for (DegradeEvent event :
                List.of(
                        new DegradeEvent.Started(1, true),
                        new DegradeEvent.Discarded(2, 3, "gone"),
                        new DegradeEvent.Tried(4, Remedy.COMPACT, Outcome.FAILED, "no"),
                        new DegradeEvent.Failed(5, "busy", "It is busy."),
                        new DegradeEvent.Ended(6, true))) {
            assertThat(through(event)).isEqualTo(event);
        }
    }

    @Test
    void foreignLine_isNoEvent() {
        for (String line :
                List.of(
                        "{}",
                        "{\"event\":\"tried\",\"remedy\":\"pray\"}",
                        "{\"event\":\"measured\",\"measured\":{\"load\":1}}",
                        "{\"event\":\"tried\",\"remedy\":\"compact\",\"outcome\":\"?\"}")) {
            assertThat(EventJson.read(Json.parse(line).orElseThrow())).isEmpty();
        }
    }
}
