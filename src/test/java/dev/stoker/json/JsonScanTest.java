package dev.stoker.json;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;

/**
 * What the scan accepts, a parser accepts; and the lengths that it tells are those of the texts.
 */
class JsonScanTest {
    private static final byte[] KEY = "k".getBytes(StandardCharsets.US_ASCII);

    private static boolean accepts(byte[] bytes) {
        JsonScan scan = new JsonScan();
        scan.over(bytes, 0, bytes.length);
        scan.skip();
        return scan.isWhole();
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of(
                "{\"a\":[1,-2.5e+3,true,null,{\"b\":\"x\\n\\u00e9\"}],\"k\":\" wörd 😀\"}",
                "[[],{},\"\",0.5,\"\\\\\\\"\"]",
                "{\"choices\":[{\"delta\":{\"content\":\" a\"},\"finish_reason\":null}]}",
                "  { \"k\" : \"v\" , \"n\" : 12 }  ",
                "\"plain\"",
                "-0.0e-5");
    }

    @Property(tries = 5000)
    void text_withOneByteChanged_isAcceptedOnlyIfAParserAcceptsIt(
            @ForAll("texts") String text,
            @ForAll @IntRange(max = 200) int place,
            @ForAll byte value) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(accepts(bytes)).isTrue();
        bytes[place % bytes.length] = value;
        if (accepts(bytes)) {
            assertThat(Json.parse(bytes, 0, bytes.length)).isPresent();
        }
    }

    @Property(tries = 2000)
    void text_cutAnywhere_isAcceptedOnlyIfAParserAcceptsIt(
            @ForAll("texts") String text, @ForAll @IntRange(max = 200) int length) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int n = Math.min(length, bytes.length);
        JsonScan scan = new JsonScan();
        scan.over(bytes, 0, n);
        scan.skip();
        if (scan.isWhole()) {
            assertThat(Json.parse(bytes, 0, n)).isPresent();
        }
    }

    @Property(tries = 2000)
    void textChars_ofAnyText_areThoseOfTheParsedText(@ForAll String text) {
        String json = Json.write(Json.object().put("k", text));
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        String parsed =
                Json.parse(bytes, 0, bytes.length)
                        .flatMap(n -> Json.text(n, "k"))
                        .orElse("not to be parsed");
        JsonScan scan = new JsonScan();
        scan.over(bytes, 0, bytes.length);
        assertThat(scan.enterObject()).isTrue();
        assertThat(scan.keyIs(KEY)).isTrue();
        int chars = scan.textChars();
        if (!scan.nextKey() && scan.isWhole()) {
            assertThat(chars).isEqualTo(parsed.length());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{}x",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "[1,]",
                "[1 2]",
                "01",
                "1.",
                "+1",
                "nul",
                "truex",
                "\"\\x\"",
                "\"\\u12g4\"",
                "\"\t\"",
                "{'a':1}",
                "1e",
                "{\"a\":1 \"b\":2}"
            })
    void skip_ofWhatIsNoJson_isNotWhole(String text) {
        assertThat(accepts(text.getBytes(StandardCharsets.UTF_8))).isFalse();
    }

    @Test
    void skip_deeperThanItReads_isNotWhole() {
        String deep = "[".repeat(40) + "]".repeat(40);
        assertThat(accepts(deep.getBytes(StandardCharsets.UTF_8))).isFalse();
    }
}
