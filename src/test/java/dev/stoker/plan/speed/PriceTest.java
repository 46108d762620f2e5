package dev.stoker.plan.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.base.UserError;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PriceTest {

    @ParameterizedTest
    @CsvSource({
        "725/month, 725, MONTH, ''",
        "$1.21/hour, 1.21, HOUR, $",
        "1.21 / h, 1.21, HOUR, ''",
        "0.32 €/kWh, 0.32, KILOWATT_HOUR, €",
        "EUR 0.32/kwh, 0.32, KILOWATT_HOUR, EUR",
        "24/day, 24, DAY, ''",
        "8700/year, 8700, YEAR, ''",
    })
    void parse_usualForms_areRead(String text, double amount, Price.Per per, String currency) {
        assertThat(Price.parse(text)).isEqualTo(new Price(amount, per, currency));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "725",
                "month",
                "-5/month",
                "1e9/hour",
                "725/moon",
                "$1$/hour",
                "725//month",
                "1.2.3/hour",
                "NaN/hour",
                "99999999999999/hour"
            })
    void parse_others_areRefused(String text) {
        assertThatThrownBy(() -> Price.parse(text))
                .isInstanceOfSatisfying(
                        UserError.class,
                        e -> assertThat(e.sentence()).contains("725/month, 1.21/hour or 0.32/kWh"));
    }

    /** S3: a g5.xlarge at $725 a month, an 8B at about 70 tok/s, day and night. */
    @Test
    void cost_ofAnInstance_isSharedOutToTokens() {
        Cost cost = Cost.of(Price.parse("$725/month"), new Band(70, 50, 90), 0, 1);
        assertThat(cost.perMonth()).isEqualTo(725);
        assertThat(cost.perMillionTokens().expected()).isCloseTo(3.94, within(0.01));
        assertThat(cost.perMillionTokens().low()).isCloseTo(3.06, within(0.01));
        assertThat(cost.perMillionTokens().high()).isCloseTo(5.52, within(0.01));
        assertThat(cost.because()).isEqualTo("$0.993 an hour");
        Cost seldom = Cost.of(Price.parse("$725/month"), new Band(70, 50, 90), 0, 0.1);
        assertThat(seldom.perMillionTokens().expected()).isCloseTo(39.4, within(0.1));
    }

    @Test
    void cost_ofPower_followsTheWatts() {
        Cost cost = Cost.of(Price.parse("0.30/kWh"), new Band(100, 100, 100), 350, 0.5);
        assertThat(cost.perMonth()).isCloseTo(0.3 * 0.35 * 730 * 0.5, within(1e-9));
        // Idle time costs nothing here: a token costs the same whatever the use.
        assertThat(cost.perMillionTokens().expected()).isCloseTo(0.2917, within(0.001));
        assertThat(cost.because()).isEqualTo("350 W at 0.300 a kWh");
    }
}
