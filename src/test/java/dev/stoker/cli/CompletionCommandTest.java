package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

class CompletionCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void completion_ofShell_namesVerbsAndDefinesAFunctionForStoker(String shell) {
        assertThat(completion(shell)).isZero();
        assertThat(out.toString()).contains("complete -F _complete_stoker").contains("completion");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void completion_ofHiddenVerb_isLeftOut() {
        completion("bash");
        assertThat(out.toString()).doesNotContain("rehearse");
    }

    @Test
    void completion_ofUnknownShell_isWrongUse() {
        assertThat(completion("tcsh")).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).contains("bash").contains("zsh").contains("tcsh");
    }

    @Test
    void completion_sourcedInBash_completesAVerb() throws Exception {
        completion("bash");
        assertThat(
                        run(
                                "bash",
                                "COMP_WORDS=(stoker compl); COMP_CWORD=1; _complete_stoker;"
                                        + " echo \"${COMPREPLY[@]}\""))
                .isEqualTo("completion");
    }

    @Test
    void completion_sourcedInZsh_isKnownForStoker() throws Exception {
        Assumptions.assumeTrue(
                new ProcessBuilder("sh", "-c", "command -v zsh").start().waitFor() == 0,
                "zsh is not installed");
        completion("zsh");
        assertThat(run("zsh", "echo ${_comps[stoker]}")).contains("_bash_complete");
    }

    private int completion(String shell) {
        Map<String, Supplier<Object>> verbs = new LinkedHashMap<>();
        verbs.put("completion", CompletionCommand::new);
        verbs.put("rehearse", () -> new RehearseCommand(List.of()));
        return StokerCommand.commandLine(verbs, "completion", shell)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute("completion", shell);
    }

    private String run(String shell, String then) throws IOException, InterruptedException {
        Path script = Files.writeString(folder.resolve("completion"), out.toString());
        Process process =
                new ProcessBuilder(shell, "-c", "source " + script + "; " + then)
                        .redirectErrorStream(true)
                        .start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return answer.strip();
    }
}
