package dev.stoker.memory.llama.graph;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadsTest {

    @ParameterizedTest
    @CsvSource({
        "128, 128, 1, true",
        "96, 64, 1, false",
        "32, 32, 1, false",
        "192, 128, 1, false",
        "192, 128, 16, true",
        "576, 512, 16, true",
        "576, 512, 1, false",
        "512, 512, 2, true",
    })
    void heads_onCuda_attendInOneOperationOrNot(
            long key, long value, long together, boolean attends) {
        assertThat(Heads.fit(key, value, together)).isEqualTo(attends);
    }
}
