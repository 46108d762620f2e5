package dev.stoker.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

class MemorySamplerTest {
    private static final Reading<HostProcess> SERVER =
            Reading.known(new HostProcess(7, 1, "ollama", ""));

    private final Scene scene = new Scene();

    @Test
    void mark_memoryMovedBetweenMarks_extremesOfTheSpanOnly() throws InterruptedException {
        try (MemorySampler sampler = start(SERVER)) {
            scene.look(50, 10);
            scene.look(20, 40);
            scene.now(45, 15);

            MemoryExtremes loaded = sampler.mark();

            assertThat(loaded.leastAvailable().value()).isEqualTo(Bytes.of(20));
            assertThat(loaded.mostResident().value()).isEqualTo(Bytes.of(40));
            assertThat(loaded.measure()).isEqualTo("pss");
            assertThat(sampler.soFar().leastAvailable().value()).isEqualTo(Bytes.of(45));
            assertThat(sampler.soFar().samples()).isEqualTo(1);
        }
    }

    @Test
    void mark_beforeAnySample_looksItself() {
        scene.now(30, 5);
        try (MemorySampler sampler = start(SERVER)) {
            assertThat(sampler.mark().leastAvailable().value()).isEqualTo(Bytes.of(30));
        }
    }

    @Test
    void mark_processUnknown_reasonKeptHostStillRead() {
        scene.now(30, 5);
        try (MemorySampler sampler = start(Reading.unsupported("run as root"))) {
            MemoryExtremes extremes = sampler.mark();

            assertThat(extremes.mostResident().reason()).isEqualTo("run as root");
            assertThat(extremes.leastAvailable().value()).isEqualTo(Bytes.of(30));
        }
    }

    @Test
    void follow_afterARestart_theOtherProcess() {
        try (MemorySampler sampler = start(SERVER)) {
            sampler.follow(Reading.known(new HostProcess(8, 1, "ollama", "")));
            sampler.mark();

            assertThat(scene.roots).contains(8L);
        }
    }

    @Test
    void close_whileAsleep_threadEnds() throws InterruptedException {
        MemorySampler sampler = start(SERVER);
        scene.sleeping.acquire();

        sampler.close();

        scene.interrupted.acquire();
        assertThat(sampler.soFar().samples()).isEqualTo(1);
    }

    @Test
    void rest_slowLook_twentyTimesTheLook() throws InterruptedException {
        scene.lookCost = Duration.ofMillis(100).toNanos();
        try (MemorySampler sampler = start(SERVER)) {
            scene.sleeping.acquire();

            assertThat(scene.rests.getFirst()).isEqualTo(Duration.ofSeconds(2));
            assertThat(sampler.soFar().samples()).isEqualTo(1);
        }
    }

    @Test
    void with_shareBecomesUnreadable_figuresOfTwoKindsNotMixed() {
        Reading<Bytes> none = Reading.unsupported("none");
        MemoryExtremes extremes =
                MemoryExtremes.none()
                        .with(none, Reading.known(Bytes.of(10)), "pss", none)
                        .with(none, Reading.known(Bytes.of(8)), "rss", none)
                        .with(none, Reading.known(Bytes.of(99)), "pss", none)
                        .with(none, Reading.failed("gone"), "", none);

        assertThat(extremes.measure()).isEqualTo("rss");
        assertThat(extremes.mostResident().value()).isEqualTo(Bytes.of(8));
        assertThat(extremes.samples()).isEqualTo(4);
    }

    private MemorySampler start(Reading<HostProcess> server) {
        return MemorySampler.start(scene.host(), server, Duration.ofMillis(500), scene);
    }

    /** A host and a clock in the test's hand: the sampler looks once a permit. */
    private static final class Scene implements Clock {
        private final Semaphore wake = new Semaphore(0);
        private final Semaphore sleeping = new Semaphore(0);
        private final Semaphore interrupted = new Semaphore(0);
        private final AtomicLong nanos = new AtomicLong();
        private final List<Duration> rests = Collections.synchronizedList(new ArrayList<>());
        private final List<Long> roots = Collections.synchronizedList(new ArrayList<>());
        private volatile long available = 100;
        private volatile long resident = 1;
        private volatile long lookCost;

        void now(long free, long held) {
            available = free;
            resident = held;
        }

        /** Sets the memory, lets the sampler look once, and waits until it has. */
        void look(long free, long held) throws InterruptedException {
            sleeping.acquire();
            now(free, held);
            wake.release();
            sleeping.acquire();
            sleeping.release();
        }

        HostSource host() {
            return new FakeHost();
        }

        @Override
        public long nanos() {
            return nanos.get();
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            rests.add(duration);
            sleeping.release();
            try {
                wake.acquire();
            } catch (InterruptedException e) {
                interrupted.release();
                throw e;
            }
        }

        @Override
        public Duration toWall(Duration duration) {
            return duration;
        }

        @Override
        public double speed() {
            return 1;
        }

        private final class FakeHost implements HostSource {
            @Override
            public HostMemory memory() {
                Reading<Bytes> none = Reading.unsupported("not told");
                return new HostMemory(
                        none, Reading.known(Bytes.of(available)), none, none, none, none);
            }

            @Override
            public Reading<HostProcess> listener(int port) {
                return SERVER;
            }

            @Override
            public TreeMemory tree(long rootPid) {
                roots.add(rootPid);
                nanos.addAndGet(lookCost);
                return new TreeMemory(
                        List.of(),
                        Reading.known(Bytes.of(resident)),
                        "pss",
                        Reading.unsupported("no group"));
            }

            @Override
            public List<MemoryUser> largestUsers(int count) {
                return List.of();
            }

            @Override
            public Reading<Throttling> throttling() {
                return Reading.unsupported("not told");
            }

            @Override
            public boolean isLocal() {
                return true;
            }
        }
    }
}
