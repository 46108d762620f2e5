package dev.stoker.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Reading;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;

class BuddyFileTest {
    private static final Path FILE = Path.of("/proc/buddyinfo");

    @Test
    void parse_severalZones_areSummedBySize() {
        String text =
                """
                Node 0, zone      DMA      1      0      2
                Node 0, zone   Normal    306   1024     17      4
                Node 1, zone   Normal      4      1      1      1
                """;
        assertThat(BuddyFile.parse(Reading.known(text), FILE))
                .isEqualTo(Reading.known(List.of(311L, 1025L, 20L, 5L)));
    }

    @Test
    void parse_noFileOrNoZones_isNotZeroBlocks() {
        assertThat(BuddyFile.parse(Reading.unsupported("no such file"), FILE).reason())
                .isEqualTo("no such file");
        assertThat(BuddyFile.parse(Reading.known("nothing here\nzone"), FILE).isKnown()).isFalse();
    }
}
