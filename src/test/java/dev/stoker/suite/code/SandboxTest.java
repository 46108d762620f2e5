package dev.stoker.suite.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Reading;
import dev.stoker.host.CommandEnd;
import dev.stoker.host.ProcessRunner;
import dev.stoker.json.Json;
import dev.stoker.suite.check.CodeCheck;
import dev.stoker.suite.check.Means.CodeRun;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Code that models could write, run for real. */
class SandboxTest {
    private static final CodeCheck F =
            new CodeCheck(
                    "f", 1, List.of(new CodeCheck.Case(json("[2]"), json("4")), caseOf("[3]")));

    private final Sandbox sandbox = new Sandbox(new ProcessRunner(), Cancellation.never());

    private static CodeCheck.Case caseOf(String arguments) {
        return new CodeCheck.Case(json(arguments), json("9"));
    }

    private static JsonNode json(String text) {
        return Json.parse(text).orElseThrow();
    }

    @BeforeEach
    void python_always_isThere() {
        boolean there =
                new ProcessRunner()
                        .run(
                                List.of("python3", "-c", ""),
                                Duration.ofSeconds(20),
                                Cancellation.never())
                        .succeeded();
        assumeTrue(there, "there is no python3 on the PATH");
    }

    @Test
    void function_thatWorks_givesItsResults() {
        assertThat(sandbox.run(F, "def f(x):\n    print('noise')\n    return x * x\n"))
                .isInstanceOfSatisfying(
                        CodeRun.Ran.class,
                        ran -> {
                            assertThat(ran.results())
                                    .containsExactly(Reading.known("4"), Reading.known("9"));
                            assertThat(ran.how()).contains("network");
                        });
    }

    @Test
    void function_thatThrows_saysWhichError() {
        assertThat(sandbox.run(F, "def f(x):\n    return 1 / (x - 2)\n"))
                .isInstanceOfSatisfying(
                        CodeRun.Ran.class,
                        ran -> {
                            assertThat(ran.results().getFirst().reason())
                                    .contains("ZeroDivisionError");
                            assertThat(ran.results().getLast().isKnown()).isTrue();
                        });
    }

    @Test
    void code_thatIsNoPython_isBroken() {
        assertThat(sandbox.run(F, "def f(x) return x\n"))
                .isInstanceOfSatisfying(
                        CodeRun.Broke.class, b -> assertThat(b.why()).contains("SyntaxError"));
    }

    @Test
    void code_thatEatsMemory_isStopped() {
        assertThat(sandbox.run(F, "def f(x):\n    return len('x' * (1 << 31))\n"))
                .isInstanceOfSatisfying(
                        CodeRun.Ran.class,
                        ran ->
                                assertThat(ran.results().getFirst().reason())
                                        .contains("MemoryError"));
    }

    @Test
    void code_thatLeavesAProcessBehind_doesNot() throws Exception {
        Path mark = Files.createTempFile("stoker-left", ".txt");
        String code =
                "import os, time\n"
                        + "def f(x):\n"
                        + "    if os.fork() == 0:\n"
                        + "        time.sleep(1.5)\n"
                        + "        open('%s', 'w').write('alive')\n".formatted(mark)
                        + "        os._exit(0)\n"
                        + "    return x * x\n";
        assertThat(sandbox.run(F, code)).isInstanceOf(CodeRun.Ran.class);
        CommandEnd waited =
                new ProcessRunner()
                        .run(List.of("sleep", "3"), Duration.ofSeconds(20), Cancellation.never());
        assertThat(waited.succeeded()).isTrue();
        assertThat(mark).isEmptyFile();
        Files.delete(mark);
    }

    @Test
    void host_withoutPython_runsNothingAndSaysSo() {
        Sandbox bare =
                new Sandbox(
                        (command, limit, cancellation) ->
                                command.contains("python3")
                                        ? new CommandEnd.NotStarted("none")
                                        : new CommandEnd.Finished(0, "", false),
                        Cancellation.never());
        assertThat(bare.run(F, "def f(x): return x"))
                .isEqualTo(new CodeRun.NotRun("there is no python3 on the PATH"));
    }
}
