package dev.stoker.json;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;

/** A line fits a shape only where reading it in full would come to the same. */
class LineShapesTest {
    private static final byte[] KEY = "text".getBytes(StandardCharsets.US_ASCII);
    private static final String LINE =
            "{\"id\":\"a-1\",\"n\":12,\"more\":[1,{\"k\":\"v\"}],\"text\":\""
                    + " word\",\"done\":false}";

    private final LineShapes shapes = new LineShapes();

    /** Reads in full; returns the length of the text, −1 if there is none; and learns the line. */
    private int learn(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        JsonScan scan = new JsonScan();
        scan.over(bytes, 0, bytes.length);
        int chars = -1;
        for (boolean more = scan.enterObject(); more; more = scan.nextKey()) {
            if (scan.keyIs(KEY)) {
                chars = scan.textChars();
            } else {
                scan.skip();
            }
        }
        if (scan.isWhole() && chars >= 0) {
            shapes.learn(scan, bytes, 0, bytes.length, scan.textFrom(), scan.textTo(), 1);
        }
        return chars;
    }

    private int match(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        return shapes.match(bytes, 0, bytes.length);
    }

    @Test
    void line_ofALearnedForm_isRecognisedWhateverIsInItsGaps() {
        assertThat(match(LINE)).isEqualTo(-1);
        assertThat(learn(LINE)).isEqualTo(5);
        assertThat(match(LINE)).isEqualTo(5 * LineShapes.TAGS + 1);
        assertThat(
                        match(
                                "{\"id\":\"another name\",\"n\":-1234567,\"more\":[0,{\"k\":\"\"}],"
                                        + "\"text\":\"é😀\\n\",\"done\":false}"))
                .isEqualTo(4 * LineShapes.TAGS + 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a-1|a\u0001b",
                "12|012",
                "12|1.5",
                "12|1e5",
                "12|1234567890123456789",
                "12|-",
                "false|true",
                "word|wo\"rd",
                "word|wo\\x",
                "v|\\u12g4",
                "}]|}",
                "text|texts",
                "\"done\":false}|\"done\":false} x"
            })
    void line_thatSaysAnythingElse_isNotRecognised(String from, String to) {
        learn(LINE);
        assertThat(match(LINE.replace(from, to))).isEqualTo(-1);
    }

    @Property(tries = 5000)
    void line_withOneByteChanged_isRecognisedOnlyIfAParserReadsTheSameLength(
            @ForAll @IntRange(max = 200) int place, @ForAll byte value) {
        learn(LINE);
        byte[] bytes = LINE.getBytes(StandardCharsets.UTF_8);
        bytes[place % bytes.length] = value;
        int known = shapes.match(bytes, 0, bytes.length);
        if (known >= 0) {
            assertThat(
                            Json.parse(bytes, 0, bytes.length)
                                    .flatMap(o -> Json.text(o, "text"))
                                    .map(String::length))
                    .contains(known / LineShapes.TAGS);
        }
    }

    @Test
    void line_withMoreValuesThanAreKept_isNotLearned() {
        String line = "{\"a\":[" + "1,".repeat(40) + "1],\"text\":\"x\"}";
        assertThat(learn(line)).isEqualTo(1);
        assertThat(match(line)).isEqualTo(-1);
    }

    @Test
    void shapes_thatKeepChanging_areNotAllLearned() {
        for (int i = 0; i < 10; i++) {
            learn("{\"k" + i + "\":1,\"text\":\"x\"}");
        }
        long known = 0;
        for (int i = 0; i < 10; i++) {
            known += match("{\"k" + i + "\":2,\"text\":\"xy\"}") == 2 * LineShapes.TAGS + 1 ? 1 : 0;
        }
        assertThat(known).isEqualTo(4);
    }
}
