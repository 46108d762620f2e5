package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

class StokerCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine line =
            StokerCommand.commandLine(Map.of())
                    .setOut(new PrintWriter(out, true))
                    .setErr(new PrintWriter(err, true));

    @Test
    void version_asked_printsNameAndNumber() {
        assertThat(line.execute("--version")).isZero();
        assertThat(out.toString()).matches("stoker \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\\R");
    }

    @Test
    void root_withoutCommand_isWrongUse() {
        assertThat(line.execute()).isEqualTo(2);
        assertThat(err.toString()).contains("Missing command").contains("Usage: stoker");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void root_unknownOption_isWrongUse() {
        assertThat(line.execute("--no-such-option")).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void help_fromTheShortList_saysTheSameAsFromAllAnnotations() {
        Map<String, Supplier<Object>> verbs = new LinkedHashMap<>();
        verbs.put("sim", SimCommand::new);
        verbs.put("completion", CompletionCommand::new);
        verbs.put("help", HelpCommand::new);
        verbs.put("rehearse", () -> new RehearseCommand(List.of()));
        String all = StokerCommand.commandLine(verbs, "--no-such-option").getUsageMessage();
        assertThat(all).contains("completion", "sim").doesNotContain("rehearse");
        assertThat(StokerCommand.commandLine(verbs, "--help").getUsageMessage()).isEqualTo(all);
        assertThat(StokerCommand.commandLine(verbs).getUsageMessage()).isEqualTo(all);
    }
}
