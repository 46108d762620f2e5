package dev.stoker.suite.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.json.Json;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.util.Map;

class JsonCheckTest {
    private static final JsonSchema SCHEMA =
            JsonSchema.of(
                    json(
                            """
                            {"type": "object", "required": ["n", "list"],
                             "additionalProperties": false,
                             "properties": {
                               "n": {"type": "integer", "minimum": 1, "maximum": 9},
                               "kind": {"enum": ["a", "b"]},
                               "word": {"type": "string", "minLength": 2, "pattern": "^x"},
                               "list": {"type": "array", "maxItems": 2, "uniqueItems": true,
                                        "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}}}}
                            """));

    private static JsonNode json(String text) {
        return Json.parse(text).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"n\": 3, \"list\": []} | ",
                "{\"n\": 3.0, \"list\": [\"a\", null], \"kind\": \"b\", \"word\": \"xy\"} | ",
                "{\"n\": 3} | has no \"list\"",
                "{\"n\": \"3\", \"list\": []} | /n is string",
                "{\"n\": 3.5, \"list\": []} | /n is number",
                "{\"n\": 10, \"list\": []} | outside its bounds",
                "{\"n\": 3, \"list\": [1]} | /list/0 is none of",
                "{\"n\": 3, \"list\": [\"a\",\"a\"]} | twice",
                "{\"n\": 3, \"list\": [\"a\",\"b\",\"c\"]} | has 3 items",
                "{\"n\": 3, \"list\": [], \"more\": 1} | /more is not allowed",
                "{\"n\": 3, \"list\": [], \"kind\": \"c\"} | none of",
                "{\"n\": 3, \"list\": [], \"word\": \"x\"} | 1 characters",
                "{\"n\": 3, \"list\": [], \"word\": \"yx\"} | does not match",
                "[] | is array",
            })
    void schema_eachRule_isHeld(String text, String fault) {
        if (fault == null) {
            assertThat(SCHEMA.fault(json(text))).isEmpty();
        } else {
            assertThat(SCHEMA.fault(json(text)).orElse("nothing")).contains(fault);
        }
    }

    @Test
    void schema_withAnUnknownKeyword_isRefused() {
        assertThatThrownBy(() -> JsonSchema.of(json("{\"tpye\": \"object\"}")))
                .hasMessageContaining("tpye");
        assertThatThrownBy(() -> JsonSchema.of(json("{\"items\": {\"type\": \"text\"}}")))
                .hasMessageContaining("text");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"n\": 3, \"list\": []}",
                "Here you are:\\n```json\\n{\"n\": 3, \"list\": []}\\n```\\nThat is all.",
                "Sure! {\"n\": 3, \"list\": [\"}\"]} I hope it helps.",
                "<think>{\"n\": 4}</think>{\"n\": 3, \"list\": []}",
            })
    void json_inItsManyWrappings_isFound(String answer) {
        Check check = new JsonCheck(SCHEMA, Map.of("/n", json("3")));
        assertThat(check.judge(Answers.of(answer.replace("\\n", "\n"))).state())
                .isEqualTo(Verdict.State.PASSED);
    }

    @Test
    void json_wrongValueOrNone_failsAndSaysWhich() {
        Check check = new JsonCheck(SCHEMA, Map.of("/n", json("3")));
        assertThat(check.judge(Answers.of("{\"n\": 4, \"list\": []}")).seen())
                .isEqualTo("/n is 4, not 3");
        assertThat(check.judge(Answers.of("n = 3")).seen()).contains("no JSON");
    }
}
