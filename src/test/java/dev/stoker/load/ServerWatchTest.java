package dev.stoker.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.host.HostMemory;
import dev.stoker.host.HostProcess;
import dev.stoker.host.HostSource;
import dev.stoker.host.MemoryUser;
import dev.stoker.host.Throttling;
import dev.stoker.host.TreeMemory;
import dev.stoker.json.Json;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What is noted of the server while a load runs. */
class ServerWatchTest {
    private final LinkedBlockingQueue<LoadEvent> journal = new LinkedBlockingQueue<>();

    /** A host on which one server listens on port 80. */
    private static final class OneServer implements HostSource {
        @Override
        public HostMemory memory() {
            Reading<Bytes> no = Reading.unsupported("not asked");
            return new HostMemory(no, Reading.known(Bytes.gib(3)), no, no, no, no);
        }

        @Override
        public Reading<HostProcess> listener(int port) {
            return port == 80
                    ? Reading.known(new HostProcess(7, 1, "server", ""))
                    : Reading.unsupported("nobody listens");
        }

        @Override
        public TreeMemory tree(long rootPid) {
            return new TreeMemory(
                    List.of(), Reading.known(Bytes.gib(2)), "rss", Reading.unsupported("none"));
        }

        @Override
        public Reading<Duration> cpuTime(long rootPid) {
            return Reading.known(Duration.ofSeconds(rootPid));
        }

        @Override
        public List<MemoryUser> largestUsers(int count) {
            return List.of();
        }

        @Override
        public Reading<Throttling> throttling() {
            return Reading.unsupported("no");
        }

        @Override
        public boolean isLocal() {
            return true;
        }
    }

    private ServerWatch watch(int port) {
        return ServerWatch.start(new OneServer(), port, Clock.scaled(10), journal::add);
    }

    private static LoadEvent.StepStarted step(int index) {
        return new LoadEvent.StepStarted(
                index,
                0,
                "closed",
                1,
                0,
                Duration.ZERO,
                Optional.of(Duration.ofSeconds(1)),
                OptionalLong.empty());
    }

    @Test
    void watch_runningStep_notesTheServerInThatStep() throws InterruptedException {
        try (ServerWatch watch = watch(80)) {
            watch.accept(step(3));
            assertThat(journal.poll(10, TimeUnit.SECONDS))
                    .isInstanceOf(LoadEvent.StepStarted.class);
            assertThat(journal.poll(10, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            LoadEvent.ServerSampled.class,
                            s -> {
                                assertThat(s.step()).isEqualTo(3);
                                assertThat(s.at()).isPositive();
                                assertThat(s.hostAvailable().value()).isEqualTo(Bytes.gib(3));
                                assertThat(s.serverResident().value()).isEqualTo(Bytes.gib(2));
                                assertThat(s.serverCpu().value()).isEqualTo(Duration.ofSeconds(7));
                            });
        }
    }

    @Test
    void watch_serverThatIsNotSeen_passesEventsOnAndNotesNothing() {
        try (ServerWatch watch = watch(81)) {
            watch.accept(step(0));
        }
        assertThat(journal).containsExactly(step(0));
    }

    @Test
    void sample_writtenAndRead_isTheSame() {
        LoadEvent sample =
                new LoadEvent.ServerSampled(
                        2,
                        5,
                        Reading.unsupported("hidden"),
                        Reading.known(Bytes.of(1)),
                        Reading.failed("gone"));
        assertThat(LoadEventJson.read(Json.tree(out -> LoadEventJson.write(out, sample))))
                .contains(sample);
    }
}
