package dev.stoker.suite.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberCheckTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "58 | 58",
                "Answer: 58 | 58",
                "**Answer:** 58. | 58",
                "The answer is 58 jars. | 58",
                "7 × 9 = 63, and 63 - 5 = 58 | 58",
                "Answer: 58\\n\\nI counted 7 boards. | 58",
                "So $\\boxed{58}$ of 7 boards | 58",
                "Answer: $\\boxed{1,234}$ | 1234",
                "It costs $1,234.50 | 1234.5",
                "The sum is −12 | -12",
                "Answer: -12 | -12",
                "Answer: 45% | 45",
                "The train runs 80km/h | 80",
                "Answer: 1e3 | 1000",
                "Answer: **573** people | 573",
                "<think>maybe 12 or 13</think>58 | 58",
                "hmm, 12, 13 </think> 58 | 58",
            })
    void answer_withTheNumber_passes(String answer, double number) {
        String text = answer.replace("\\n", "\n");
        assertThat(new NumberCheck(number, 0).judge(Answers.of(text)).state())
                .isEqualTo(Verdict.State.PASSED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "57 | 57",
                "Answer: 57, not 58 | 57",
                "<think>58</think>I do not know | no number",
                "eight | no number",
            })
    void answer_withoutTheNumber_failsAndSaysWhatCame(String answer, String seen) {
        Verdict v = new NumberCheck(58, 0).judge(Answers.of(answer));
        assertThat(v.state()).isEqualTo(Verdict.State.FAILED);
        assertThat(v.expected()).isEqualTo("the number 58");
        assertThat(v.seen()).isEqualTo(seen);
    }

    @Test
    void tolerance_given_decidesHowFarIsNear() {
        assertThat(new NumberCheck(3.14, 0.01).judge(Answers.of("3.149")).state())
                .isEqualTo(Verdict.State.PASSED);
        assertThat(new NumberCheck(3.14, 0.01).judge(Answers.of("3.16")).state())
                .isEqualTo(Verdict.State.FAILED);
    }

    @Test
    void thinking_withoutAnAnswer_isSaid() {
        Verdict v =
                new NumberCheck(58, 0).judge(Answers.of("<think>it is 58", "length", Means.none()));
        assertThat(v.state()).isEqualTo(Verdict.State.FAILED);
        assertThat(v.seen()).contains("thought until it was cut off");
    }
}
