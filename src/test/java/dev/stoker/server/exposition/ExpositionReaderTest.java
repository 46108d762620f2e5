package dev.stoker.server.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.server.Fixture;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

class ExpositionReaderTest {
    private static final String VLLM = "vllm-sim-0.10.2/metrics-after";

    private static Exposition read(String page) {
        return ExpositionReader.read(page.getBytes(StandardCharsets.UTF_8), _ -> true);
    }

    @Test
    void page_ofVllm_isReadWhole() {
        Exposition page = read(Fixture.read(VLLM).body());
        assertThat(page.badLines()).isZero();
        assertThat(page.duplicates()).isZero();
        assertThat(page.sum("vllm:generation_tokens_total")).hasValue(236);
        assertThat(page.sum("vllm:request_success_total")).hasValue(11);
        assertThat(
                        page.sum(
                                "vllm:request_success_total",
                                s -> s.label("finish_reason").equals("stop")))
                .hasValue(10);
        assertThat(page.types())
                .containsEntry("vllm:time_to_first_token_seconds", MetricType.HISTOGRAM)
                .containsEntry("vllm:num_requests_running", MetricType.GAUGE);
        assertThat(page.of("vllm:time_to_first_token_seconds_bucket"))
                .anyMatch(s -> s.label("le").equals("+Inf") && s.value() == 11);
    }

    @Test
    void page_ofLlamaServer_isReadWhole() {
        Exposition page = read(Fixture.read("llama-server-b10434/probe/metrics-busy").body());
        assertThat(page.badLines()).isZero();
        assertThat(page.sum("llamacpp:prompt_tokens_cached_total")).hasValue(4042);
        assertThat(page.sum("llamacpp:requests_deferred")).hasValue(3);
    }

    @Test
    void names_notWanted_areLeftOut() {
        byte[] body = Fixture.read(VLLM).body().getBytes(StandardCharsets.UTF_8);
        Exposition page = ExpositionReader.read(body, "vllm:num_requests_waiting"::equals);
        assertThat(page.series()).hasSize(1);
    }

    @Test
    void name_thatBeginsAnother_isNotTakenForIt() {
        Exposition page = read("a_waiting 1\na_waiting_by_reason{reason=\"x\"} 5\n");
        assertThat(page.sum("a_waiting")).hasValue(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "a 1|1",
                "a{} 1|1",
                "a{x=\"1\",} 2|2",
                "a { x = \"1\" , y = \"2\" } 3 1700000000000|3",
                "a 1e-3|0.001",
                "a +5|5",
                "a -0.5|-0.5",
                "a 1 # {trace=\"x\"} 0.5 12|1",
                "a 1 12.5 # {trace=\"x\"} 0.5|1",
                "   a\t7|7",
                "{\"a\",x=\"1\"} 4|4",
                "a NaN|NaN",
                "a +Inf|Infinity",
                "a -Inf|-Infinity",
            })
    void line_wellFormed_isRead(String line, double value) {
        Exposition page = read(line + "\n");
        assertThat(page.badLines()).isZero();
        assertThat(page.series()).extracting(Series::value).containsExactly(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a ",
                "a x",
                "a 1d",
                "a 0x10p2",
                "a 1 2 3",
                "a 1 yesterday",
                "1a 1",
                "a{ 1",
                "a{x} 1",
                "a{x=1} 1",
                "a{x=\"1} 1",
                "a{x=\"1\" y=\"2\"} 1",
                "a{x=\"1\",x=\"2\"} 1",
                "a{x=\"\\q\"} 1",
                "a{x=\"1\\",
                "a{1=\"1\"} 1",
                "{x=\"1\"} 1",
                "a{\"b\"} 1",
                "=1",
            })
    void line_malformed_isCountedAndLeftOut(String line) {
        Exposition page = read("good 1\n" + line + "\nbetter 2\n");
        assertThat(page.badLines()).isEqualTo(1);
        assertThat(page.series()).extracting(Series::name).containsExactly("good", "better");
    }

    @Test
    void labels_withEscapes_areUnescaped() {
        Series series = read("a{x=\"q\\\" b\\\\ n\\n e=,}\"} 1 99").series().getFirst();
        assertThat(series.label("x")).isEqualTo("q\" b\\ n\n e=,}");
        assertThat(series.timestamp()).contains("99");
        assertThat(series.label("y")).isEmpty();
    }

    @Test
    void help_withEscapes_isUnescapedAndTypesAreKept() {
        Exposition page = read("# HELP a one\\ntwo \\\\ # x\n# TYPE a gauge\n#comment\n# b\na 1\n");
        assertThat(page.helps()).containsEntry("a", "one\ntwo \\ # x");
        assertThat(page.types()).containsEntry("a", MetricType.GAUGE);
        assertThat(page.badLines()).isZero();
    }

    @Test
    void series_twice_keepsTheFirst() {
        Exposition page = read("a{x=\"1\",y=\"2\"} 1\na{y=\"2\",x=\"1\"} 5\na{x=\"1\"} 7\n");
        assertThat(page.sum("a")).hasValue(8);
        assertThat(page.duplicates()).isEqualTo(1);
    }

    @Test
    void openMetrics_afterItsEndMark_isNotReadOn() {
        Exposition page = read("# TYPE a counter\na_total 1\na_created 12\n# EOF\nb 1\n");
        assertThat(page.ended()).isTrue();
        assertThat(page.series()).extracting(Series::name).containsExactly("a_total", "a_created");
    }

    @Test
    void notANumber_inASum_isLeftOut() {
        Exposition page = read("a{x=\"1\"} NaN\na{x=\"2\"} 3\nb NaN\n");
        assertThat(page.sum("a")).hasValue(3);
        assertThat(page.sum("b")).isEmpty();
        assertThat(page.largest("a")).hasValue(3);
    }

    @Test
    void page_withTooMuch_isCutAndSaysSo() {
        ExpositionReader reader = new ExpositionReader(_ -> true, 3);
        byte[] page = "a 1\nb 1\nc 1\nd 1\ne 1\n".getBytes(StandardCharsets.UTF_8);
        reader.feed(page, 0, page.length);
        Exposition read = reader.end();
        assertThat(read.cut()).isTrue();
        assertThat(read.series()).hasSize(3);
    }

    @Test
    void line_tooLong_isLeftOut() {
        Exposition page = read("a{x=\"" + "y".repeat(70_000) + "\"} 1\nb 2\n");
        assertThat(page.badLines()).isEqualTo(1);
        assertThat(page.sum("b")).hasValue(2);
    }

    @Property(tries = 200)
    void page_inPiecesOfAnySize_readsTheSame(@ForAll @IntRange(min = 1, max = 3000) int piece) {
        byte[] page = Fixture.read(VLLM).body().getBytes(StandardCharsets.UTF_8);
        ExpositionReader reader = new ExpositionReader(_ -> true);
        for (int at = 0; at < page.length; at += piece) {
            reader.feed(page, at, Math.min(piece, page.length - at));
        }
        assertThat(reader.end()).isEqualTo(ExpositionReader.read(page, _ -> true));
    }

    @Property(tries = 300)
    void series_written_isReadBack(
            @ForAll @StringLength(max = 20) String label, @ForAll double value) {
        String text = new String(label.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        String escaped = text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        Exposition page = read("a:b_c{l=\"" + escaped + "\"} " + value + "\n");
        if (escaped.endsWith("\r")) {
            return;
        }
        assertThat(page.series())
                .containsExactly(new Series("a:b_c", Map.of("l", text), value, Optional.empty()));
    }

    @Property(tries = 500)
    void bytes_ofAnyKind_neverBreakIt(@ForAll @Size(max = 300) byte[] bytes) {
        Exposition page = ExpositionReader.read(bytes, _ -> true);
        assertThat(page.series().size()).isLessThanOrEqualTo(bytes.length);
    }

    @Property(tries = 300)
    void page_damaged_neverBreaksIt(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] page = Fixture.read(VLLM).body().getBytes(StandardCharsets.UTF_8).clone();
        for (int i = 0; i < 50; i++) {
            page[random.nextInt(page.length)] = (byte) random.nextInt(256);
        }
        Exposition read = ExpositionReader.read(page, _ -> true);
        List<Series> whole = read(Fixture.read(VLLM).body()).series();
        assertThat(read.series().size()).isBetween(whole.size() - 100, whole.size() + 50);
    }

    @Test
    void name_thatIsNotWanted_hidesNoneThatBeginsLikeIt() {
        byte[] page =
                """
                # TYPE a histogram
                a_bucket{le="1"} 1
                a_bucket{le="2"} 2
                a_bucket_total 3
                a_bucket 4
                a_bucke 5
                # EOF
                late 6
                """
                        .getBytes(StandardCharsets.UTF_8);
        Exposition values = ExpositionReader.values(page, name -> !name.equals("a_bucket"));
        assertThat(values.series()).extracting(Series::value).containsExactly(3.0, 5.0);
        assertThat(values.types()).isEmpty();
        assertThat(values.ended()).isTrue();
    }
}
