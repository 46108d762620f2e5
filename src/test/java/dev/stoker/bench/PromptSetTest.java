package dev.stoker.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.suite.Task;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Own prompts are read to the letter, and everything else is refused with what is wrong. */
class PromptSetTest {
    @TempDir private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("prompts"), text);
    }

    @Test
    void standard_always_hasShortLongAndALongPromptWithDifferentNames() {
        assertThat(PromptSet.standard())
                .extracting(Task::name)
                .containsExactly("short", "long", "prompt");
        assertThat(PromptSet.standard().getLast().turns().getFirst().length()).isGreaterThan(3000);
    }

    @Test
    void file_plainText_isOnePrompt() throws IOException {
        assertThat(PromptSet.read(file("  Why is the sky blue?\nSay it shortly.\n")))
                .containsExactly(Task.prompt("own", "Why is the sky blue?\nSay it shortly.", 256));
    }

    @Test
    void file_jsonList_isReadInOrder() throws IOException {
        assertThat(
                        PromptSet.read(
                                file(
                                        "[{\"name\":\"a\",\"prompt\":\"x\",\"max_tokens\":5},"
                                                + "{\"prompt\":\"y\"}]")))
                .containsExactly(Task.prompt("a", "x", 5), Task.prompt("p2", "y", 256));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{\"prompt\":\"x\",\"max_token\":5}] | unknown key 'max_token'",
                "[{\"name\":\"a\"}] | no \"prompt\"",
                "[{\"prompt\":\"\"}] | no \"prompt\"",
                "[{\"prompt\":\"x\",\"max_tokens\":0}] | no number from 1",
                "[{\"prompt\":\"x\",\"max_tokens\":\"5\"}] | no number from 1",
                "[{\"name\":\"a\",\"prompt\":\"x\"},{\"name\":\"a\",\"prompt\":\"y\"}] | two"
                        + " entries",
                "[] | the list is empty",
                "[{ | it is no JSON list"
            })
    void file_wrongJson_saysWhatIsWrong(String text, String words) throws IOException {
        Path file = file(text);
        assertThatThrownBy(() -> PromptSet.read(file))
                .isInstanceOfSatisfying(
                        UserError.class, e -> assertThat(e.code()).isEqualTo(ExitCode.WRONG_USE))
                .hasMessageContaining(words);
    }

    @Test
    void file_emptyOrMissing_isWrongUse() throws IOException {
        Path empty = file(" \n");
        assertThatThrownBy(() -> PromptSet.read(empty)).hasMessageContaining("is empty");
        assertThatThrownBy(() -> PromptSet.read(folder.resolve("none")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("can not be read");
    }
}
