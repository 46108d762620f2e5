package dev.stoker.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.history.Stores.Access;
import dev.stoker.history.jdbc.JdbcStores;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class ExportTest {
    @TempDir private Path folder;

    private static List<JournalLine> journal() {
        return List.of(
                new StoredEvent("{\"header\":true}"),
                Runs.request("phi4:14b", 1),
                new StoredEvent(""),
                Runs.request("phi4:14b", 3));
    }

    private String exported() {
        StringWriter text = new StringWriter();
        try (RunStore store =
                new JdbcStores(Map.of())
                        .open(folder.resolve("runs.db").toString(), Access.CHANGE)) {
            for (String id : List.of("one", "two")) {
                Run run = Runs.decoding(id, 5, 30, 31, 32).with(List.of(id + "-tag"), "a note");
                store.put(run, journal().stream());
                Export.write(store.get(id).orElseThrow(), store, new PrintWriter(text, true));
            }
        }
        return text.toString();
    }

    private static List<Run> read(String text, List<JournalLine> journal) throws IOException {
        List<Run> runs = new ArrayList<>();
        Export.read(
                new BufferedReader(new StringReader(text)),
                (run, more) -> {
                    runs.add(run);
                    more.forEach(journal::add);
                });
        return runs;
    }

    @Test
    void read_whatWasWritten_equal() throws IOException {
        List<JournalLine> lines = new ArrayList<>();

        List<Run> runs = read(exported(), lines);

        assertThat(runs)
                .containsExactly(
                        Runs.decoding("one", 5, 30, 31, 32).with(List.of("one-tag"), "a note"),
                        Runs.decoding("two", 5, 30, 31, 32).with(List.of("two-tag"), "a note"));
        assertThat(lines.subList(0, 4)).isEqualTo(journal());
        assertThat(lines.subList(4, 8)).isEqualTo(journal());
    }

    @Test
    void read_requestOfAnEarlierVersion_withoutItsTime() throws IOException {
        List<JournalLine> lines = new ArrayList<>();

        read(exported().replaceAll("(\"alone\":true),\"at\":\\d+", "$1"), lines);

        assertThat(lines.get(1))
                .isInstanceOfSatisfying(StoredRequest.class, r -> assertThat(r.at()).isEqualTo(-1));
    }

    @Test
    void read_requestsNotTaken_nextRunStillFound() throws IOException {
        List<String> ids = new ArrayList<>();
        Export.read(
                new BufferedReader(new StringReader(exported())),
                (run, requests) -> ids.add(run.id()));

        assertThat(ids).containsExactly("one", "two");
    }

    @Test
    void read_brokenFiles_lineIsNamed() {
        assertThatThrownBy(() -> read("", new ArrayList<>())).hasMessage("it holds no run");
        assertThatThrownBy(() -> read("{\"schema\":\"stoker.bench\"}\n", new ArrayList<>()))
                .hasMessage("line 1: its schema is not stoker.run");
        String text = exported();
        String torn = text.substring(0, text.length() - 20);
        assertThatThrownBy(() -> read(torn, new ArrayList<>())).hasMessage("line 10: no JSON");
        String newer = text.replaceFirst("\"version\":1", "\"version\":2");
        assertThatThrownBy(() -> read(newer, new ArrayList<>()))
                .hasMessageContaining("line 1: it was written by a newer version");
    }
}
