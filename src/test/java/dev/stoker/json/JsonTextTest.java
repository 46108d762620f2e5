package dev.stoker.json;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Texts and numbers are written as the mapper writes them. */
class JsonTextTest {

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(40),
                Arbitraries.strings().ascii().ofMaxLength(40),
                Arbitraries.strings().withChars("ab\"\\/\n\u0000\u001f\u007f é😀").ofMaxLength(20));
    }

    @Property(tries = 2000)
    void escaped_anyText_asTheMapperWritesIt(@ForAll("texts") String text) {
        String mapper = Json.write(Json.tree(text));

        assertThat('"' + new String(JsonText.escaped(text), StandardCharsets.UTF_8) + '"')
                .isEqualTo(
                        new String(
                                mapper.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    }

    @Property(tries = 500)
    void bytes_anyTextsAndNumbers_asTheMapperWritesThem(
            @ForAll List<Long> numbers, @ForAll("texts") String text) {
        JsonBytes out = new JsonBytes();
        out.raw('[');
        for (long number : numbers) {
            out.number(number).raw(',');
        }
        out.number(Long.MIN_VALUE).raw(',').text(text).raw(',').text(text).raw(']');
        String expected =
                Json.write(
                        Json.array()
                                .addAll(numbers.stream().map(Json::tree).toList())
                                .add(Long.MIN_VALUE)
                                .add(text)
                                .add(text));

        assertThat(new String(out.array(), 0, out.length(), StandardCharsets.UTF_8))
                .isEqualTo(
                        new String(
                                expected.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    }
}
