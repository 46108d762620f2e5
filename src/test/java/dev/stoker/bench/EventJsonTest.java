package dev.stoker.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.json.Json;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.Optional;

/** An event written and read again is the same event, and what is none is not made one. */
class EventJsonTest {

    @Provide
    Arbitrary<BenchEvent> events() {
        return EventsArbitrary.events();
    }

    private static Optional<BenchEvent> read(String line) {
        return Json.parse(line).flatMap(EventJson::read);
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void event_writtenAndRead_isTheSame(@ForAll("events") BenchEvent event) {
        String line = Json.write(EventJson.write(event));
        assertThat(line).doesNotContain("\n").doesNotContain("\r");
        assertThat(read(line)).contains(event);
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void line_cutAnywhere_isNoEvent(@ForAll("events") BenchEvent event) {
        String line = Json.write(EventJson.write(event));
        for (int end = 0; end < line.length(); end++) {
            assertThat(read(line.substring(0, end))).isEmpty();
        }
    }

    @Test
    void figure_unknown_isReadAsUnknownWithItsReason() {
        BenchEvent unloaded =
                new BenchEvent.Unloaded(
                        1, "a", true, Duration.ofMillis(5), Reading.failed("no such file"));
        assertThat(Json.write(EventJson.write(unloaded)))
                .contains("\"retained_bytes\":{\"failed\":\"no such file\"}");
        assertThat(read(Json.write(EventJson.write(unloaded)))).contains(unloaded);
    }

    @Test
    void figure_zero_isKnown() {
        BenchEvent unloaded =
                new BenchEvent.Unloaded(
                        1, "a", true, Duration.ofMillis(5), Reading.known(Bytes.ZERO));
        assertThat(read(Json.write(EventJson.write(unloaded)))).contains(unloaded);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "5",
                "[]",
                "{}",
                "{\"type\":\"run-started\"}",
                "{\"type\":\"run-started\",\"at\":\"1\",\"resumed\":true}",
                "{\"type\":\"run-started\",\"at\":1e3,\"resumed\":true}",
                "{\"type\":\"run-started\",\"at\":1,\"resumed\":0}",
                "{\"type\":\"run-started\",\"at\":1,\"resumed\":true} x",
                "{\"type\":\"model-started\",\"at\":1,\"model\":\"a\",\"attempt\":99999999999}",
                "{\"type\":\"model-started\",\"at\":1,\"model\":null,\"attempt\":1}",
                "{\"type\":\"model-ended\",\"at\":1,\"model\":\"a\",\"outcome\":\"odd\",\"reason\":\"\"}",
                "{\"type\":\"unloaded\",\"at\":1,\"model\":\"a\",\"gone\":true,\"nanos\":1}",
                "{\"type\":\"unloaded\",\"at\":1,\"model\":\"a\",\"gone\":true,\"nanos\":1,"
                        + "\"retained_bytes\":99999999999999999999}",
                "{\"type\":\"unloaded\",\"at\":1,\"model\":\"a\",\"gone\":true,\"nanos\":1,"
                        + "\"retained_bytes\":null}",
                "{\"type\":\"request\",\"at\":1,\"model\":\"a\",\"prompt\":\"p\",\"iteration\":1,"
                        + "\"alone\":true,\"trace\":{\"chunks\":[99999999999999999999]}}",
                "{\"type\":\"sneeze\",\"at\":1}",
            })
    void line_ofSomethingElse_isNoEvent(String line) {
        assertThat(read(line)).isEmpty();
    }
}
