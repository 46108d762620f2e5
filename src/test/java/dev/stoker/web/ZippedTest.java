package dev.stoker.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

class ZippedTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gzip | true",
                "deflate, GZIP;q=1.0 | true",
                "gzip;q=0 | false",
                "gzip; q=0.0 | false",
                "gzip;q=0.5 | true",
                "identity | false",
                "xgzip | false",
                "'' | false",
            })
    void gzip_byTheHeader_isWantedOrNot(String header, boolean wanted) {
        assertThat(Zipped.isWanted(header)).isEqualTo(wanted);
    }

    @Test
    void bytes_zipped_areTheSameBytesAgain() throws IOException {
        Zipped zipped = new Zipped();
        byte[] one = "one ".repeat(1000).getBytes(StandardCharsets.UTF_8);
        byte[] two = "two ".repeat(1000).getBytes(StandardCharsets.UTF_8);
        assertThat(unzipped(zipped.of(one))).isEqualTo(one);
        assertThat(zipped.of(one)).isSameAs(zipped.of(one)).hasSizeLessThan(200);
        assertThat(unzipped(zipped.of(two))).isEqualTo(two);
    }

    private static byte[] unzipped(byte[] bytes) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return in.readAllBytes();
        }
    }
}
