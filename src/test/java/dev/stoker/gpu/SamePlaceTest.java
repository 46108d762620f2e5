package dev.stoker.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

class SamePlaceTest {
    private static final Clock CLOCK = Clock.system();

    private static GpuSample.Builder at(String name, String bus) {
        return GpuSample.of(StubSource.nvidia(name, bus, false), CLOCK.now(), CLOCK.nanos());
    }

    @Test
    void gpus_twoSourcesTellOfOne_oneWithTheFirstsFiguresAndTheSecondsForTheRest() {
        GpuSample first =
                at("A", "00000000:0A:00.0")
                        .put(GpuMetric.UTILISATION, 50)
                        .put(GpuMetric.POWER, Reading.unsupported("N/A"))
                        .build();
        GpuSample second =
                at("B", "0000:0a:00.0")
                        .put(GpuMetric.UTILISATION, 1)
                        .put(GpuMetric.POWER, 70)
                        .fact("governor", Reading.known("x"))
                        .build();
        GpuSample other = at("C", "0001:0a:00.0").build();

        List<GpuSample> gpus = new GpuPicture(List.of(part(first), part(second, other))).gpus();

        assertThat(gpus).hasSize(2);
        assertThat(gpus.getFirst().device().name().value()).isEqualTo("A");
        assertThat(gpus.getFirst().value(GpuMetric.UTILISATION)).isEqualTo(Reading.known(50.0));
        assertThat(gpus.getFirst().value(GpuMetric.POWER)).isEqualTo(Reading.known(70.0));
        assertThat(gpus.getFirst().facts()).containsKey("governor");
        assertThat(gpus.getLast().device().index()).isEqualTo(1);
    }

    @Test
    void gpus_placesThatAreNone_neverMerged() {
        GpuSample a = at("A", "00000000:00:00.0").build();
        GpuSample b = at("B", "0000:00:00.0").build();

        assertThat(SamePlace.merge(List.of(a, b))).hasSize(2);
    }

    @Property
    void place_anyText_neverThrows(@ForAll String text) {
        SamePlace.place(Reading.known(text));
    }

    private static GpuPicture.Part part(GpuSample... gpus) {
        return new GpuPicture.Part(
                new GpuReport(
                        "TEST",
                        CLOCK.now(),
                        CLOCK.nanos(),
                        List.of(gpus),
                        Reading.unsupported(""),
                        Reading.unsupported(""),
                        Optional.empty()),
                Duration.ZERO,
                Optional.empty());
    }
}
