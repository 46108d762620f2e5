package dev.stoker.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.json.Json;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The contract of the dialects: every captured exchange comes to what {@code fixtures/expected.txt}
 * says, however its bytes are cut.
 */
class CapturedTrafficTest {
    private static final Path TABLE = Path.of("src/test/resources/fixtures/expected.txt");
    private static final List<Integer> PIECES = List.of(1, 2, 3, 5, 7, 13, 64, 1000, 1 << 20);

    static List<String> captures() {
        return Fixture.names();
    }

    @ParameterizedTest
    @MethodSource("captures")
    void capture_replayed_comesToTheExpectedOutcome(String name) {
        assertThat(outcome(Fixture.read(name))).isEqualTo(expected().get(name));
    }

    @ParameterizedTest
    @MethodSource("captures")
    void generation_cutAnywhere_givesTheSameEvents(String name) {
        Fixture fixture = Fixture.read(name);
        if (Replay.isGeneration(fixture)) {
            List<StreamEvent> whole = Replay.events(fixture, 1 << 20);
            assertThat(whole.stream().filter(CapturedTrafficTest::isLast)).hasSize(1);
            for (int pieceBytes : PIECES) {
                assertThat(Replay.events(fixture, pieceBytes)).isEqualTo(whole);
            }
        }
    }

    @Test
    void table_always_namesTheCapturesThatThereAre() {
        assertThat(expected().keySet()).containsExactlyElementsOf(Fixture.names());
    }

    private static boolean isLast(StreamEvent event) {
        return event instanceof StreamEvent.End || event instanceof StreamEvent.Fault;
    }

    private static String outcome(Fixture fixture) {
        if (Replay.isGeneration(fixture)) {
            return Replay.outcome(Replay.events(fixture, 1 << 20));
        }
        if (fixture.status() == 0) {
            return "fault " + Replay.failures(fixture).ofEnd(fixture.end()).code();
        }
        if (fixture.status() > 299) {
            return "fault "
                    + Replay.failures(fixture)
                            .ofStatus(fixture.status(), fixture.body(), "m", isLoad(fixture))
                            .code();
        }
        return fixture.body().isEmpty()
                ? "empty"
                : Json.parse(fixture.body()).isPresent() ? "json" : "text";
    }

    private static boolean isLoad(Fixture fixture) {
        return fixture.path().equals("/models/load");
    }

    private static Map<String, String> expected() {
        Map<String, String> table = new TreeMap<>();
        try {
            for (String line : Files.readAllLines(TABLE)) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    String[] cells = line.split("\\s*\\|\\s*", 2);
                    table.put(cells[0].strip(), cells[1].strip());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return table;
    }
}
