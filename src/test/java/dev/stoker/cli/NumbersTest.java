package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.stats.Spread;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;

/** Figures as a person reads them; what is unknown is a dash and never a zero. */
class NumbersTest {

    @ParameterizedTest
    @CsvSource({"0,0.00", "0.4211,0.42", "7.314,7.31", "37.04,37.0", "412.4,412", "12345.6,12346"})
    void figure_anySize_hasAboutThreeDigits(double value, String shown) {
        assertThat(Numbers.figure(value)).isEqualTo(shown);
    }

    @Test
    void spread_ofSeveral_isMeanSdAndRange() {
        Reading<Spread> three = Reading.known(Spread.of(36.5, 37.0, 37.5));
        assertThat(Numbers.mean(three)).isEqualTo("37.0");
        assertThat(Numbers.meanAndSpread(three)).isEqualTo("37.0 ± 0.50");
        assertThat(Numbers.range(three)).isEqualTo("(36.5–37.5)");
    }

    @Test
    void spread_ofOne_isTheFigureAlone() {
        Reading<Spread> one = Reading.known(Spread.of(37.0));
        assertThat(Numbers.meanAndSpread(one)).isEqualTo("37.0");
        assertThat(Numbers.range(one)).isEmpty();
    }

    @Test
    void unknown_anywhere_isADash() {
        Reading<Spread> none = Reading.unsupported("why");
        assertThat(Numbers.mean(none)).isEqualTo("–");
        assertThat(Numbers.meanAndSpread(none)).isEqualTo("–");
        assertThat(Numbers.range(none)).isEmpty();
        assertThat(Numbers.gib(Reading.<Bytes>failed("why"))).isEqualTo("–");
    }

    @Test
    void gib_largeAndSmall_keepsWhatCounts() {
        assertThat(Numbers.gib(Bytes.gib(4.25))).isEqualTo("4.3");
        assertThat(Numbers.gib(Bytes.gib(122.8))).isEqualTo("123");
    }

    @ParameterizedTest
    @CsvSource({"0,0 s", "45,45 s", "89,89 s", "90,2 min", "600,10 min", "11100,3 h 5 min"})
    void time_anyLength_hasItsUnit(long seconds, String shown) {
        assertThat(Numbers.time(Duration.ofSeconds(seconds))).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({
        "/home/me/models/SmolLM2-135M.Q4_1.gguf, SmolLM2-135M.Q4_1",
        "C:\\models\\a.GGUF, a",
        "model.gguf, model",
        "/.gguf, /.gguf",
        "phi4:14b, phi4:14b",
        "hf.co/bartowski/Qwen-GGUF:Q4_K_M, hf.co/bartowski/Qwen-GGUF:Q4_K_M",
        "org/model, org/model",
    })
    void modelName_pathOfAFile_isTheFilesOwnName(String name, String shown) {
        assertThat(ModelName.shown(name)).isEqualTo(shown);
    }

    @Test
    void modelName_hostile_isMadeHarmless() {
        assertThat(ModelName.shown("a\u001b[31mb\n" + "x".repeat(100)))
                .doesNotContain("\u001b")
                .doesNotContain("\n")
                .hasSizeLessThanOrEqualTo(62);
    }
}
