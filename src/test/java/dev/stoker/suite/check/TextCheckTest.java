package dev.stoker.suite.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Reading;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.regex.Pattern;

class TextCheckTest {
    private static void passes(Check check, String answer) {
        assertThat(check.judge(Answers.of(answer)).state())
                .as(answer)
                .isEqualTo(Verdict.State.PASSED);
    }

    private static void fails(Check check, String answer) {
        Verdict v = check.judge(Answers.of(answer));
        assertThat(v.state()).as(answer).isEqualTo(Verdict.State.FAILED);
        assertThat(v.seen()).isNotBlank();
    }

    @Test
    void contains_wholeWordsOnly_inAnyCase() {
        Check check = TextCheck.contains(List.of("cat", "Red Box"));
        passes(check, "A CAT in a red\n box.");
        fails(check, "We concatenate a red box");
        fails(TextCheck.contains(List.of("6")), "sixteen, 16");
        passes(TextCheck.containsAny(List.of("six", "6")), "He is 6.");
        fails(TextCheck.containsAny(List.of("six", "6")), "He is seven.");
    }

    @Test
    void excludes_wordThere_failsAndNamesIt() {
        passes(TextCheck.excludes(List.of("water")), "Waterfalls are loud");
        fails(TextCheck.excludes(List.of("water")), "Salt water.");
    }

    @Test
    void words_outsideTheBounds_failWithTheirNumber() {
        Check check = TextCheck.words(2, 4);
        passes(check, "It's well-known: yes");
        fails(check, "one");
        fails(check, "one two three four five");
        assertThat(check.judge(Answers.of("one")).seen()).contains("1 words");
    }

    @Test
    void bulletsAndLines_counted_byTheirMarks() {
        passes(TextCheck.bullets(3, 3), "- a\n* b\n3. c");
        fails(TextCheck.bullets(3, 3), "- a\n- b\nand c");
        passes(TextCheck.lines(2, 2), "a\n\nb\n");
        fails(TextCheck.lines(2, 2), "a");
    }

    @Test
    void ends_withItsPhrase_whateverPointFollows() {
        passes(TextCheck.endsWith("that is the sea"), "Blue and wide, that is the sea.");
        fails(TextCheck.endsWith("that is the sea"), "that is the sea, I think");
        passes(TextCheck.startsWith("Dear"), "dear Sir");
        fails(TextCheck.startsWith("Dear"), "Oh dear");
    }

    @Test
    void letterCase_ofAllLetters_counts() {
        passes(TextCheck.lowerCase(), "all small, 12 – é");
        fails(TextCheck.lowerCase(), "not All");
        passes(TextCheck.upperCase(), "LOUD 1");
        fails(TextCheck.upperCase(), "LOUd");
    }

    @Test
    void choice_inItsManyForms_isFound() {
        Check c = TextCheck.choice("C");
        passes(c, "C");
        passes(c, "c");
        passes(c, "C)");
        passes(c, "Answer: C");
        passes(c, "The answer is (C) Clara.");
        passes(c, "**C) Clara**");
        fails(c, "B");
        fails(c, "Answer: A, not C");
        fails(c, "I'm not sure.");
    }

    @Test
    void equal_butForQuotesAndAPoint_passes() {
        passes(TextCheck.equalTo("yes"), "\"Yes.\"");
        fails(TextCheck.equalTo("yes"), "yes, it is");
    }

    @Test
    void expression_thatNeverEnds_failsWithinItsBound() {
        Check check = TextCheck.matches(Pattern.compile("a*a*a*a*a*a*b"));
        Verdict v = check.judge(Answers.of("a".repeat(400)));
        assertThat(v.state()).isEqualTo(Verdict.State.FAILED);
        assertThat(v.seen()).contains("too long");
    }

    @Test
    void wholePrompt_lessCountedThanItHasWords_failsAsCut() {
        Check check = SituationCheck.wholePrompt();
        assertThat(check.judge(Answers.counted(Reading.known(130L))).state())
                .isEqualTo(Verdict.State.PASSED);
        Verdict cut = check.judge(Answers.counted(Reading.known(60L)));
        assertThat(cut.state()).isEqualTo(Verdict.State.FAILED);
        assertThat(cut.seen()).contains("read 60 tokens").contains("cut the prompt");
        assertThat(check.judge(Answers.counted(Reading.unsupported("not told"))).state())
                .isEqualTo(Verdict.State.NOT_CHECKED);
    }

    @Test
    void situation_ofAnEmptyAnswer_isAFailure() {
        assertThat(SituationCheck.ANSWERED.judge(Answers.of(" ")).state())
                .isEqualTo(Verdict.State.FAILED);
        assertThat(SituationCheck.ANSWERED.judge(Answers.of("hi")).state())
                .isEqualTo(Verdict.State.PASSED);
    }
}
