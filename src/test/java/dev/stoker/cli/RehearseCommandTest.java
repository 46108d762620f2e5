package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

class RehearseCommandTest {
    @Test
    void rehearse_always_printsNothingAndSucceeds() {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Map<String, Supplier<Object>> verbs = new LinkedHashMap<>();
        verbs.put("completion", CompletionCommand::new);
        verbs.put("rehearse", RehearseCommand::new);
        CommandLine line =
                StokerCommand.commandLine(verbs, "rehearse")
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(err, true));

        assertThat(line.execute("rehearse")).isZero();
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).isEmpty();
    }
}
