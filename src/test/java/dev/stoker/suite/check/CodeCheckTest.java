package dev.stoker.suite.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.json.Json;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

class CodeCheckTest {
    private static final CodeCheck ADD =
            new CodeCheck(
                    "add",
                    2,
                    List.of(
                            new CodeCheck.Case(
                                    Json.parse("[1, 2]").orElseThrow(),
                                    Json.parse("3").orElseThrow())));

    private static Verdict judge(String answer) {
        return ADD.judge(Answers.of(answer));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "```python\ndef add(a, b):\n    return a + b\n```",
                "Here:\n```\nimport math\n\ndef add(a: int, b: int = 2) -> int:\n    # a ( here\n"
                        + "    \"\"\"Adds (both.\"\"\"\n    return a + b\n```\nDone.",
                "def add(a, b): return a + b",
                "```python\n"
                        + "def add(a, b):\n"
                        + "    if a:\n"
                        + "        x = [1,\n"
                        + "  2]\n"
                        + "    return '(' and a + b",
            })
    void code_thatReadsWell_passesStaticallyAndSaysSo(String answer) {
        Verdict v = judge(answer);
        assertThat(v.state()).as(v.seen()).isEqualTo(Verdict.State.PASSED);
        assertThat(v.seen()).startsWith("checked statically");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a + b",
                "```python\ndef sum(a, b):\n    return a + b\n```",
                "```python\ndef add(a):\n    return a\n```",
                "```python\ndef add(a, b):\n    return (a + b\n```",
                "```python\ndef add(a, b):\n    return 'a + b\n```",
                "```python\ndef add(a, b):\n    print(a + b)\n```",
                "```python\ndef add(a, b):\nreturn a + b\n```",
            })
    void code_thatCanNotBeRight_fails(String answer) {
        Verdict v = judge(answer);
        assertThat(v.state()).as(answer).isEqualTo(Verdict.State.FAILED);
        assertThat(v.seen()).isNotBlank();
    }
}
