package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

class RehearseCommandTest {
    @Test
    void rehearse_always_printsNothingAndSucceeds() {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Map<String, Supplier<Object>> verbs = new LinkedHashMap<>();
        verbs.put("completion", CompletionCommand::new);
        verbs.put("rehearse", () -> new RehearseCommand(List.of()));
        CommandLine line =
                StokerCommand.commandLine(verbs, "rehearse")
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(err, true));

        assertThat(line.execute("rehearse")).isZero();
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void rehearse_ofLoad_runsItAgainstItselfAndPrintsNothing() {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<List<String>> ran = new ArrayList<>();
        Map<String, Supplier<Object>> verbs = new LinkedHashMap<>();
        verbs.put("load", () -> new Load(ran));
        verbs.put("rehearse", () -> new RehearseCommand(List.of()));
        CommandLine line =
                StokerCommand.commandLine(verbs, "rehearse")
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(err, true));

        assertThat(line.execute("rehearse", "load")).isZero();
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).isEmpty();
        assertThat(ran)
                .hasSize(4)
                .allSatisfy(words ->
                        assertThat(words).contains("--server").anyMatch(w -> w.startsWith("http")));
        String results = ran.getFirst().get(ran.getFirst().indexOf("--results") + 1);
        assertThat(ran)
                .as("the user's own store is left alone")
                .allSatisfy(words ->
                        assertThat(words.get(words.indexOf("--store") + 1))
                                .startsWith(words.get(words.indexOf("--results") + 1)));
        assertThat(Path.of(results)).doesNotExist();
    }

    /** Keeps what it was called with, and leaves a file as the real one does. */
    @CommandLine.Command(name = "load")
    private static final class Load implements Runnable {
        @CommandLine.Unmatched private List<String> words = new ArrayList<>();
        private final List<List<String>> ran;

        Load(List<List<String>> ran) {
            this.ran = ran;
        }

        @Override
        public void run() {
            ran.add(List.copyOf(words));
            Path results = Path.of(words.get(words.indexOf("--results") + 1));
            try {
                Files.writeString(results.resolve("a-file"), "x");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
