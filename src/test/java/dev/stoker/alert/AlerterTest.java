package dev.stoker.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Clock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

@Timeout(30)
class AlerterTest {
    private static final Instant START = Instant.parse("2026-11-26T08:00:00Z");
    private static final Duration SETTLE = Duration.ofSeconds(30);

    @TempDir Path folder;

    private final List<String> complaints = Collections.synchronizedList(new ArrayList<>());

    /** Takes what it is told to, in the order of its answers; everything when they are used up. */
    private static final class Scripted implements Outlet {
        private final Deque<Sent> answers = new ArrayDeque<>();
        private final BlockingQueue<List<Message>> tries = new LinkedBlockingQueue<>();

        @Override
        public String name() {
            return "scripted";
        }

        @Override
        public synchronized Sent send(List<Message> messages) {
            tries.add(List.copyOf(messages));
            return answers.isEmpty() ? new Sent.Taken() : answers.remove();
        }

        List<Message> next() throws InterruptedException {
            List<Message> got = tries.poll(20, TimeUnit.SECONDS);
            assertThat(got).as("a try to send").isNotNull();
            return List.copyOf(got);
        }
    }

    private Alerter alerter(Outlet outlet, Duration gap) {
        return new Alerter(
                List.of(outlet),
                Severity.WARNING,
                new StateFile(folder.resolve("alerts.json")),
                Clock.system(),
                SETTLE,
                gap,
                complaints::add);
    }

    private static Notice notice(String key) {
        return AlertStateTest.notice(key, Severity.CRITICAL);
    }

    @Test
    void take_twoThings_toldAndTakenOffTheDisk() throws Exception {
        Scripted outlet = new Scripted();
        try (Alerter alerter = alerter(outlet, Duration.ofMillis(1))) {
            alerter.take(List.of(notice("a"), notice("b")), START);
            assertThat(outlet.next()).hasSize(2);
            while (!alerter.state().unsent().isEmpty()) {
                Thread.onSpinWait();
            }
        }
        AlertState kept = new StateFile(folder.resolve("alerts.json")).read();
        assertThat(kept.raised()).containsOnlyKeys("a", "b");
        assertThat(kept.unsent()).isEmpty();
        assertThat(complaints).isEmpty();
    }

    @Test
    void take_milderThanAskedFor_nobodyIsTold() throws Exception {
        Scripted outlet = new Scripted();
        try (Alerter alerter = alerter(outlet, Duration.ofMillis(1))) {
            alerter.take(List.of(AlertStateTest.notice("mild", Severity.NOTE), notice("a")), START);
            assertThat(outlet.next()).extracting(m -> m.notice().key()).containsExactly("a");
            assertThat(alerter.state().raised()).containsOnlyKeys("a");
        }
    }

    @Test
    void take_receiverFails_triedAgainWithTheSameId() throws Exception {
        Scripted outlet = new Scripted();
        outlet.answers.add(new Outlet.Sent.Failed("It is away.", true));
        try (Alerter alerter = alerter(outlet, Duration.ofMillis(1))) {
            alerter.take(List.of(notice("a")), START);
            List<Message> first = outlet.next();
            assertThat(outlet.next()).isEqualTo(first);
        }
        assertThat(complaints).hasSize(1);
        assertThat(complaints.getFirst()).contains("It is away. It is tried again.");
    }

    @Test
    void take_receiverRefuses_givenUp() throws Exception {
        Scripted outlet = new Scripted();
        outlet.answers.add(new Outlet.Sent.Failed("HTTP 404.", false));
        try (Alerter alerter = alerter(outlet, Duration.ofMillis(1))) {
            alerter.take(List.of(notice("a")), START);
            outlet.next();
            alerter.take(List.of(notice("a"), notice("b")), START.plusSeconds(1));
            assertThat(outlet.next()).extracting(m -> m.notice().key()).containsExactly("b");
        }
        assertThat(complaints.getFirst()).contains("It is not tried again.");
    }

    @Test
    void restart_whatWasUnsent_isSentAndNothingTwice() throws Exception {
        Scripted away = new Scripted();
        for (int i = 0; i < 100; i++) {
            away.answers.add(new Outlet.Sent.Failed("It is away.", true));
        }
        try (Alerter alerter = alerter(away, Duration.ofHours(1))) {
            alerter.take(List.of(notice("a")), START);
            away.next();
        }
        Scripted back = new Scripted();
        try (Alerter alerter = alerter(back, Duration.ofMillis(1))) {
            alerter.take(List.of(notice("a")), START.plusSeconds(60));
            assertThat(back.next()).extracting(m -> m.notice().key()).containsExactly("a");
            alerter.take(List.of(), START.plusSeconds(120));
            assertThat(back.next()).extracting(Message::resolved).containsExactly(true);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[1]", "{\"raised\":[{\"id\":1}],\"unsent\":{\"log\":[7]}}"})
    void read_damagedFile_isEmpty(String text) throws IOException {
        Path path = Files.writeString(folder.resolve("alerts.json"), text);

        AlertState state = new StateFile(path).read();

        assertThat(state.raised()).isEmpty();
        assertThat(state.unsent().values()).allMatch(List::isEmpty);
    }

    @Test
    void take_folderThatCantBeWritten_complainsOnceAndTells() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        Scripted outlet = new Scripted();
        try (Alerter alerter =
                new Alerter(
                        List.of(outlet),
                        Severity.WARNING,
                        new StateFile(file.resolve("alerts.json")),
                        Clock.system(),
                        SETTLE,
                        Duration.ofMillis(1),
                        complaints::add)) {
            alerter.take(List.of(notice("a")), START);
            outlet.next();
            alerter.take(List.of(notice("a"), notice("b")), START.plusSeconds(1));
            outlet.next();
        }
        assertThat(complaints).hasSize(1);
        assertThat(complaints.getFirst()).contains("can't be kept");
    }
}
