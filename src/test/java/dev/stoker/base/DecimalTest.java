package dev.stoker.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecimalTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "0, 1, 0.0",
        "0.04, 1, 0.0",
        "-0.04, 1, 0.0",
        "0.05, 1, 0.1",
        "9.95, 1, 10.0",
        "9.999, 2, 10.00",
        "-71.25, 1, -71.3",
        "79.6484375, 1, 79.6",
        "125, 0, 125",
        "0.007, 3, 0.007",
        "NaN, 1, NaN",
        "Infinity, 1, Infinity"
    })
    void of_value_hasSoManyDigits(double value, int digits, String text) {
        assertThat(Decimal.of(value, digits)).isEqualTo(text);
    }

    @Property
    void of_anyValue_isItRounded(
            @ForAll @DoubleRange(min = -1e11, max = 1e11) double value,
            @ForAll @IntRange(max = 3) int digits) {
        String text = Decimal.of(value, digits);
        assertThat(Double.parseDouble(text))
                .isCloseTo(value, within(0.5001 * Math.pow(10, -digits) + Math.abs(value) * 1e-15));
        assertThat(text).matches(digits == 0 ? "-?\\d+" : "-?\\d+\\.\\d{" + digits + "}");
    }
}
