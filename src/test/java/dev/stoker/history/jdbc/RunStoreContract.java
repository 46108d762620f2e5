package dev.stoker.history.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.UserError;
import dev.stoker.history.JournalLine;
import dev.stoker.history.Run;
import dev.stoker.history.RunStore;
import dev.stoker.history.RunSummary;
import dev.stoker.history.Runs;
import dev.stoker.history.StoredEvent;
import dev.stoker.history.StoredRequest;
import dev.stoker.history.Stores.Access;

import org.junit.jupiter.api.Test;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What every store promises; run on each kind of database. Each test has an empty database. */
abstract class RunStoreContract {

    /** Opens this test's database. */
    abstract RunStore open(Access access);

    /** Returns a plain connection to it. */
    abstract Connection connection() throws SQLException;

    private RunStore open() {
        return open(Access.CHANGE);
    }

    private static Run rich(String id, long started) {
        return Runs.run(
                id,
                started,
                Runs.subject(
                        "phi4:14b",
                        Runs.series(Runs.DECODE, started, 30.5, 31.25, 1.0 / 3),
                        Runs.series(Runs.TTFT, started)),
                Runs.subject("qwq:32b – ü 'quoted\"", Runs.series(Runs.DECODE, started, 9)));
    }

    private static List<StoredRequest> requests(RunStore store, String id) {
        List<StoredRequest> requests = new ArrayList<>();
        store.requests(id, requests::add);
        return requests;
    }

    @Test
    void get_whatWasPut_equal() {
        Run run = rich("20261122-101112-00ab", 1_700_000_000_000L);
        List<StoredRequest> requests =
                IntStream.rangeClosed(0, 5).mapToObj(i -> Runs.request("phi4:14b", i)).toList();
        try (RunStore store = open()) {
            store.put(run, requests.stream());
        }
        try (RunStore store = open(Access.LOOK)) {
            assertThat(store.get(run.id())).contains(run);
            assertThat(requests(store, run.id())).isEqualTo(requests);
            assertThat(store.get("other")).isEmpty();
            assertThat(requests(store, "other")).isEmpty();
        }
    }

    private static List<JournalLine> journal(RunStore store, String id) {
        List<JournalLine> lines = new ArrayList<>();
        store.journal(id, lines::add);
        return lines;
    }

    @Test
    void journal_requestsAndEvents_inTheirOrder() {
        List<JournalLine> lines = new ArrayList<>();
        lines.add(new StoredEvent("{\"header\":\"ü\"}"));
        lines.add(new StoredEvent("{\"begin\":1}"));
        for (int i = 0; i < 2500; i++) {
            lines.add(Runs.request("phi4:14b", i));
            if (i % 999 == 0) {
                lines.add(new StoredEvent("{\"after\":" + i + "}"));
            }
        }
        lines.add(new StoredEvent(""));
        try (RunStore store = open()) {
            store.put(rich("a", 1000), lines.stream());
            store.put(rich("b", 2000), Stream.of(new StoredEvent("other")));
        }
        try (RunStore store = open(Access.LOOK)) {
            assertThat(journal(store, "a")).isEqualTo(lines);
            assertThat(requests(store, "a")).hasSize(2500);
            assertThat(store.events("a"))
                    .hasSize(6)
                    .first()
                    .isEqualTo(new StoredEvent("{\"header\":\"ü\"}"));
            assertThat(journal(store, "b")).containsExactly(new StoredEvent("other"));
            assertThat(store.events("none")).isEmpty();
        }
    }

    @Test
    void open_storeOfTheFirstVersion_keepsItsRuns() throws SQLException {
        try (RunStore store = open()) {
            store.put(rich("old", 1000), Stream.of(Runs.request("phi4:14b", 1)));
        }
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE stoker_event");
            statement.execute("ALTER TABLE stoker_request DROP COLUMN at");
            statement.execute("UPDATE stoker_schema SET version = 1");
        }
        try (RunStore store = open(Access.LOOK)) {
            assertThat(store.get("old")).contains(rich("old", 1000));
            assertThat(requests(store, "old")).extracting(StoredRequest::at).containsExactly(-1L);
            assertThat(store.events("old")).isEmpty();
        }
        try (RunStore store = open()) {
            store.put(rich("new", 2000), Stream.of(Runs.request("phi4:14b", 1)));
            assertThat(requests(store, "new")).containsExactly(Runs.request("phi4:14b", 1));
        }
    }

    @Test
    void list_severalRuns_newestFirstWithWhatCounts() {
        try (RunStore store = open()) {
            store.put(rich("a", 1000), Stream.empty());
            store.put(rich("c", 3000), Stream.empty());
            store.put(rich("b", 2000), Stream.empty());
            store.tag("b", "baseline");
            store.note("b", "before the driver");

            assertThat(store.list(10)).extracting(RunSummary::id).containsExactly("c", "b", "a");
            assertThat(store.list(2)).extracting(RunSummary::id).containsExactly("c", "b");
            RunSummary b = store.list(10).get(1);
            assertThat(b.subjects()).containsExactly("phi4:14b", "qwq:32b – ü 'quoted\"");
            assertThat(b.tags()).containsExactly("baseline");
            assertThat(b.note()).isEqualTo("before the driver");
            assertThat(b.server()).isEqualTo("Ollama 0.33.0");
            assertThat(b.requestsOk()).isEqualTo(18);
        }
    }

    @Test
    void put_sameIdAgain_replacedButTagsAndNoteStay() {
        try (RunStore store = open()) {
            store.put(rich("a", 1000), Stream.of(Runs.request("phi4:14b", 1)));
            store.tag("a", "baseline");
            store.note("a", "mine");
            store.put(
                    Runs.decoding("a", 1000, 5, 6),
                    Stream.of(Runs.request("phi4:14b", 2), Runs.request("phi4:14b", 3)));

            assertThat(store.get("a"))
                    .contains(Runs.decoding("a", 1000, 5, 6).with(List.of("baseline"), "mine"));
            assertThat(requests(store, "a"))
                    .extracting(StoredRequest::iteration)
                    .containsExactly(2, 3);
            assertThat(store.list(10)).hasSize(1);
        }
    }

    @Test
    void put_failsHalfWay_nothingChanged() {
        try (RunStore store = open()) {
            store.put(rich("a", 1000), Stream.of(Runs.request("phi4:14b", 1)));
            Stream<StoredRequest> breaking =
                    IntStream.range(0, 2000)
                            .mapToObj(i -> {
                                if (i == 1500) {
                                    throw new IllegalArgumentException("line 1501: torn");
                                }
                                return Runs.request("phi4:14b", i);
                            });

            assertThatThrownBy(() -> store.put(Runs.decoding("a", 1000, 5), breaking))
                    .hasMessage("line 1501: torn");
            assertThat(store.get("a")).contains(rich("a", 1000));
            assertThat(requests(store, "a")).hasSize(1);
            store.put(rich("b", 1000), Stream.empty());
            assertThat(store.list(10)).hasSize(2);
        }
    }

    @Test
    void tag_ofAnotherRun_moves() {
        try (RunStore store = open()) {
            store.put(rich("a", 1000), Stream.empty());
            store.put(rich("b", 2000), Stream.empty());

            assertThat(store.tag("a", "baseline")).isEmpty();
            assertThat(store.tag("b", "baseline")).contains("a");
            assertThat(store.tagged("baseline")).contains("b");
            assertThat(store.get("a").orElseThrow().tags()).isEmpty();
            assertThat(store.untag("baseline")).contains("b");
            assertThat(store.tagged("baseline")).isEmpty();
            assertThat(store.untag("baseline")).isEmpty();
        }
    }

    @Test
    void put_tagThatAnotherRunHas_staysThere() {
        try (RunStore store = open()) {
            store.put(rich("a", 1000).with(List.of("baseline"), ""), Stream.empty());
            store.put(rich("b", 2000).with(List.of("baseline", "other"), ""), Stream.empty());

            assertThat(store.tagged("baseline")).contains("a");
            assertThat(store.tagged("other")).contains("b");
        }
    }

    @Test
    void delete_aRun_everythingOfItIsGone() throws SQLException {
        try (RunStore store = open()) {
            store.put(
                    rich("a", 1000), Stream.of(new StoredEvent("{}"), Runs.request("phi4:14b", 1)));
            store.tag("a", "baseline");

            assertThat(store.delete("a")).isTrue();
            assertThat(store.delete("a")).isFalse();
            assertThat(store.get("a")).isEmpty();
            assertThat(store.tagged("baseline")).isEmpty();
        }
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            for (String table :
                    List.of("run", "tag", "subject", "series", "sample", "request", "event")) {
                try (var row = statement.executeQuery("SELECT count(*) FROM stoker_" + table)) {
                    row.next();
                    assertThat(row.getLong(1)).as(table).isZero();
                }
            }
        }
    }

    @Test
    void idsWithPrefix_severalRuns_thoseThatBeginSo() {
        try (RunStore store = open()) {
            store.put(rich("2026a", 1000), Stream.empty());
            store.put(rich("2026b", 2000), Stream.empty());
            store.put(rich("%_", 3000), Stream.empty());

            assertThat(store.idsWithPrefix("2026", 5)).containsExactly("2026b", "2026a");
            assertThat(store.idsWithPrefix("2026a", 5)).containsExactly("2026a");
            assertThat(store.idsWithPrefix("%", 5)).containsExactly("%_");
        }
    }

    @Test
    void open_forLooking_makesNoTables() {
        try (RunStore store = open(Access.LOOK)) {
            assertThat(store.list(10)).isEmpty();
        }
        try (RunStore store = open(Access.LOOK)) {
            assertThat(store.get("a")).isEmpty();
        }
    }

    @Test
    void open_newerSchema_refusedInOneSentence() throws SQLException {
        open().close();
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE stoker_schema SET version = 99");
        }
        assertThatThrownBy(this::open)
                .isInstanceOf(UserError.class)
                .hasMessageContaining("newer version of Stoker (schema 99");
        assertThatThrownBy(() -> open(Access.LOOK)).isInstanceOf(UserError.class);
    }

    @Test
    void open_migrationFailsHalfWay_nothingOfItStays() throws SQLException {
        try (RunStore store = open(Access.LOOK);
                Connection connection = connection();
                Statement statement = connection.createStatement()) {
            assertThat(store.list(1)).isEmpty();
            statement.execute("CREATE TABLE stoker_sample (x INTEGER)");
            assertThatThrownBy(this::open).isInstanceOf(UserError.class);
            statement.execute("CREATE TABLE stoker_run (x INTEGER)");
            statement.execute("DROP TABLE stoker_run");
            statement.execute("DROP TABLE stoker_sample");
        }
        try (RunStore store = open()) {
            store.put(rich("a", 1000), Stream.empty());
            assertThat(store.list(10)).hasSize(1);
        }
    }

    @Test
    void put_twoWritersAtOnce_bothKept() throws InterruptedException {
        open().close();
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> writers =
                IntStream.range(0, 2)
                        .mapToObj(w ->
                                Thread.ofVirtual()
                                        .unstarted(() -> {
                                            try (RunStore store = open()) {
                                                start.await();
                                                for (int i = 0; i < 5; i++) {
                                                    store.put(rich(w + "-" + i, i), Stream.empty());
                                                }
                                            } catch (InterruptedException e) {
                                                Thread.currentThread().interrupt();
                                            }
                                        }))
                        .toList();
        writers.forEach(Thread::start);
        start.countDown();
        for (Thread writer : writers) {
            writer.join();
        }
        try (RunStore store = open(Access.LOOK)) {
            assertThat(store.list(100)).hasSize(10);
        }
    }

    @Test
    void list_runOfManyRequests_doesNotReadThem() throws SQLException {
        try (RunStore store = open()) {
            store.put(
                    rich("a", 1000),
                    IntStream.range(0, 3000).mapToObj(i -> Runs.request("phi4:14b", i)));
        }
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            // Were a row of the requests read, it would now be a damaged one.
            statement.execute("UPDATE stoker_request SET trace = trace || trace");
            statement.execute("UPDATE stoker_request SET iteration = -7");
        }
        try (RunStore store = open(Access.LOOK)) {
            assertThat(store.list(10).getFirst().requestsOk()).isEqualTo(18);
            assertThat(store.get("a")).contains(rich("a", 1000));
        }
    }
}
