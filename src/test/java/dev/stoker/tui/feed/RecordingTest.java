package dev.stoker.tui.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.machine.MachineSample;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

class RecordingTest {
    @TempDir Path folder;

    /** A sample whose line is its second. */
    private static MachineSample sample(String second) {
        try {
            return Samples.at(Long.parseLong(second));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + second + "' is no number", e);
        }
    }

    private static String line(MachineSample sample) {
        return Long.toString(sample.time().getEpochSecond());
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("recording"), text);
    }

    @Test
    void recorder_samples_areWrittenAtOnce() throws IOException {
        Path file = folder.resolve("new");
        try (Recorder recorder = new Recorder(file, Bytes.of(100), RecordingTest::line)) {
            assertThat(recorder.write(sample("1"))).isEmpty();
            assertThat(recorder.write(sample("2"))).isEmpty();
            assertThat(Files.readString(file)).isEqualTo("1\n2\n");
            assertThat(recorder.status()).isEqualTo("recording 2");
        }
    }

    @Test
    void recorder_fileThatWouldBeTooLarge_endsAndSaysSo() throws IOException {
        Path file = folder.resolve("new");
        try (Recorder recorder = new Recorder(file, Bytes.of(5), RecordingTest::line)) {
            recorder.write(sample("1"));
            recorder.write(sample("2"));
            assertThat(recorder.write(sample("3"))).contains("as large as it may become");
            assertThat(recorder.write(sample("4"))).contains("Recording has ended");
            assertThat(recorder.status()).isEqualTo("live");
            assertThat(Files.readString(file)).isEqualTo("1\n2\n");
        }
    }

    @Test
    void recorder_fileThatIsThere_isNotWrittenOver() throws IOException {
        Path file = file("precious");
        assertThatThrownBy(() -> new Recorder(file, Bytes.of(100), RecordingTest::line))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(Files.readString(file)).isEqualTo("precious");
    }

    @Test
    void recording_tornLastLine_isPassedOver() throws IOException {
        try (Recording recording = new Recording(file("1\n2\n3"), RecordingTest::sample)) {
            assertThat(recording.size()).isEqualTo(2);
            assertThat(recording.first().nanos()).isEqualTo(1_000_000_000);
        }
    }

    @Test
    void recording_brokenLineInTheMiddle_isNoSample() throws IOException {
        try (Recording recording = new Recording(file("1\nx\n3\n"), RecordingTest::sample)) {
            assertThat(recording.size()).isEqualTo(3);
            assertThat(recording.sample(1)).isNull();
            assertThat(recording.sample(2)).isNotNull();
        }
    }

    @Test
    void recording_emptyOrOther_isRefused() throws IOException {
        Path empty = file("");
        assertThatThrownBy(() -> new Recording(empty, RecordingTest::sample))
                .hasMessageContaining("no whole line");
        try (Recording recording = new Recording(file("hello\n"), RecordingTest::sample)) {
            assertThatThrownBy(recording::first)
                    .hasMessageContaining("its first line is no sample");
        }
    }

    private ReplayFeed feed(String text) throws IOException {
        return new ReplayFeed(
                "box",
                new Recording(file(text), RecordingTest::sample),
                () -> _ -> List.of(),
                Clock.scaled(50));
    }

    private static Update await(BlockingQueue<Update> news, Predicate<Update> wanted)
            throws InterruptedException {
        while (true) {
            Update update = news.poll(20, TimeUnit.SECONDS);
            assertThat(update).as("news").isNotNull();
            if (wanted.test(update)) {
                return update;
            }
        }
    }

    private static boolean isAt(Update update, long second) {
        return update.moment()
                .filter(m -> m.machine().time().getEpochSecond() == second)
                .isPresent();
    }

    @Test
    void replay_toItsEnd_tellsEverySampleAndStops() throws Exception {
        BlockingQueue<Update> news = new LinkedBlockingQueue<>();
        try (ReplayFeed feed = feed("1\n2\nbroken\n3\n")) {
            feed.start(news::add);
            await(news, u -> isAt(u, 1));
            await(news, u -> isAt(u, 2));
            await(news, u -> isAt(u, 3));
            assertThat(await(news, u -> u.moment().isEmpty()).status()).isEqualTo("held 4/4 ×1");
        }
    }

    @Test
    void replay_stepBack_beginsAnewAndTellsWhatWasBefore() throws Exception {
        BlockingQueue<Update> news = new LinkedBlockingQueue<>();
        try (ReplayFeed feed = feed("1\n2\n3\n4\n")) {
            feed.start(news::add);
            await(news, u -> isAt(u, 4));
            await(news, u -> u.moment().isEmpty());
            feed.step(-1);
            Update first = await(news, u -> isAt(u, 1));
            assertThat(first.again()).isTrue();
            await(news, u -> isAt(u, 3));
            assertThat(await(news, u -> u.moment().isEmpty()).status()).isEqualTo("held 3/4 ×1");
            feed.speed(1);
            await(news, u -> u.status().equals("held 3/4 ×2"));
            feed.toggle();
            await(news, u -> isAt(u, 4));
        }
    }
}
