package dev.stoker.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.stoker.base.UserError;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

class LoadJournalTest {
    private static final LoadEvent EVENT =
            new LoadEvent.StepStarted(
                    0, 0, "closed", 1, 0, Duration.ZERO, Optional.empty(), OptionalLong.of(1));

    @Test
    void journal_onAFullDisk_isAUserErrorFromEachCallThatComesAfter() throws IOException {
        Path full = Path.of("/dev/full");
        assumeThat(full).as("a device that is always full").exists();
        LoadFolder folder = new LoadFolder(Path.of("runs/one"));
        FileChannel channel = FileChannel.open(full, StandardOpenOption.WRITE);
        assertThatThrownBy(
                        () -> {
                            try (LoadJournal journal = LoadJournal.into(folder, channel)) {
                                journal.write(EVENT);
                                journal.sync();
                            }
                        })
                .isInstanceOf(UserError.class)
                .hasMessageContaining("runs/one can not be written: No space left on device")
                .satisfies(e -> {
                    // The close told it too, as an error of its own.
                    assertThat(e.getSuppressed()).singleElement().isInstanceOf(UserError.class);
                });
    }
}
