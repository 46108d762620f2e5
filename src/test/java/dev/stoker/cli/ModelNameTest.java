package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelNameTest {
    @ParameterizedTest
    @CsvSource({
        "phi4:14b, phi4:14b",
        "/models/phi4-q4.gguf, phi4-q4",
        "/models/phi4-q4.gguf at 8 users, phi4-q4 at 8 users",
        "phi4:14b at 2.5/s constant, phi4:14b at 2.5/s constant",
    })
    void shown_ofAModelOrAStep_shortButWhole(String name, String shown) {
        assertThat(ModelName.shown(name)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({"' at 8 users'", "' at 1 user'"})
    void shown_longModel_keepsTheLoad(String load) {
        assertThat(ModelName.shown("m".repeat(100) + load))
                .endsWith("…" + load)
                .hasSizeLessThan(62);
    }
}
