package dev.stoker.tui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.server.state.Pace;
import dev.stoker.tui.screen.Glyphs;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

class FiguresTest {
    private final Figures figures = new Figures(new Glyphs(true));

    @Test
    void anything_unknown_isADash() {
        assertThat(figures.percent(Reading.unsupported("x"))).isEqualTo("–");
        assertThat(figures.gib(Reading.failed("x"))).isEqualTo("–");
        assertThat(figures.gibOf(Reading.failed("x"), Reading.failed("x"))).isEqualTo("–");
        assertThat(figures.until(Reading.failed("x"), Instant.EPOCH)).isEqualTo("–");
        assertThat(figures.pace(Reading.failed("x"))).isEqualTo("–");
    }

    @Test
    void gib_sizes_haveOneDigitBelowAHundred() {
        assertThat(Figures.gib(Bytes.gib(18.24))).isEqualTo("18.2");
        assertThat(Figures.gib(Bytes.gib(99.96))).isEqualTo("100");
        assertThat(Figures.gib(Bytes.gib(2015.4))).isEqualTo("2015");
        assertThat(Figures.gib(Bytes.ZERO)).isEqualTo("0.0");
    }

    @Test
    void pace_fromBelow_saysSo() {
        assertThat(figures.pace(Reading.known(new Pace(37.24, true)))).isEqualTo("≥37.2");
        assertThat(figures.pace(Reading.known(new Pace(1234, false)))).isEqualTo("1234");
        assertThat(figures.pace(Reading.known(new Pace(0, false)))).isEqualTo("0.0");
    }

    @Test
    void durations_ofAllLengths_areShort() {
        assertThat(Figures.duration(Duration.ofMillis(4))).isEqualTo("4 ms");
        assertThat(Figures.duration(Duration.ofMillis(1320))).isEqualTo("1.32 s");
        assertThat(Figures.age(59)).isEqualTo("59 s");
        assertThat(Figures.age(245)).isEqualTo("4:05");
        assertThat(Figures.age(11_520)).isEqualTo("3 h 12");
        assertThat(Figures.age(187_200)).isEqualTo("2 d 4 h");
    }

    @Test
    void until_pastAndFarAndNear_isInWords() {
        Instant now = Instant.parse("2026-03-01T12:00:00Z");
        assertThat(figures.until(Reading.known(now.plusSeconds(245)), now)).isEqualTo("4:05");
        assertThat(figures.until(Reading.known(now.minusSeconds(5)), now)).isEqualTo("in use");
        assertThat(figures.until(Reading.known(Instant.parse("2318-01-01T00:00:00Z")), now))
                .isEqualTo("never");
    }

    @Test
    void tokens_contextLengths_areInTheirUsualUnits() {
        assertThat(figures.tokens(Reading.known(512L))).isEqualTo("512");
        assertThat(figures.tokens(Reading.known(32_768L))).isEqualTo("32k");
        assertThat(figures.tokens(Reading.known(1L << 20))).isEqualTo("1M");
    }

    @Test
    void filter_words_mustAllOccur() {
        assertThat(Filter.matches("QWEN 32", "qwen3:32b")).isTrue();
        assertThat(Filter.matches("qwen 70", "qwen3:32b")).isFalse();
        assertThat(Filter.matches("  ", "anything")).isTrue();
    }

    @Test
    void wrapped_longWords_areCutToTheWidth() {
        assertThat(Wrapped.lines("one two three", 7)).isEqualTo(List.of("one two", "three"));
        assertThat(Wrapped.lines("abcdefghij", 4)).isEqualTo(List.of("abc…"));
        assertThat(Wrapped.lines("", 4)).isEmpty();
    }

    @Test
    void unknownFacts_ofOneReason_areSaidOnce() {
        assertThat(
                        Fact.unknown(
                                List.of(
                                        Fact.of("fan", Reading.unsupported("no"), String::valueOf),
                                        Fact.of("W", Reading.unsupported("no"), String::valueOf),
                                        Fact.of("name", "x"))))
                .isEqualTo("fan, W: no");
    }
}
