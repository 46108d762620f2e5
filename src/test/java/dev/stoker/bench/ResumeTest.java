package dev.stoker.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.bench.BenchEvent.Outcome;
import dev.stoker.bench.BenchRunner.Ending;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.ServerKind;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** A run that is killed at any byte goes on: every finished request counts once, none is lost. */
class ResumeTest {
    private Path results;
    private byte[] whole;
    private RunHeader header;

    @BeforeEach
    void wholeRun(@TempDir Path results) throws Exception {
        this.results = results;
        BenchRig.Ran ran = rig().run();
        whole = Files.readAllBytes(ran.folder().events());
        header = ran.folder().header();
    }

    private BenchRig rig() {
        BenchRig rig = new BenchRig(results);
        rig.server.model("a", 4).model("b", 5);
        return rig;
    }

    private int copies;

    private RunFolder killedAt(int bytes) throws IOException {
        RunFolder folder = RunFolder.create(results.resolve("copy" + copies++), header);
        Files.write(folder.events(), Arrays.copyOf(whole, bytes));
        return folder;
    }

    private void resumeAndCheck(int bytes) throws Exception {
        RunFolder folder = killedAt(bytes);
        long before = measured(folder);
        BenchRig rig = rig();
        rig.server.alreadyLoaded("a");
        BenchRig.Ran ran = rig.resume(folder);
        assertThat(ran.ending()).isEqualTo(Ending.COMPLETE);
        assertThat(ran.report().complete()).isTrue();
        assertThat(ran.report().models()).hasSize(2);
        for (ModelResult m : ran.report().models()) {
            assertThat(m.outcome()).isEqualTo(Outcome.PASSED);
            assertThat(m.requestsOk()).isEqualTo(4);
            assertThat(m.prompts()).allMatch(p -> p.e2eMillis().value().n() == 2);
        }
        assertThat(measured(folder)).as("killed at byte %d", bytes).isEqualTo(8);
        long sent = rig.server.calls("stream").stream().filter(c -> !c.endsWith("warm-up")).count();
        assertThat(sent).as("killed at byte %d", bytes).isEqualTo(8 - before);
        assertThat(rig.server.inMemory()).isEmpty();
    }

    /** Counts the measured requests in the file; each may stand there once. */
    private static long measured(RunFolder folder) {
        Set<String> seen = new HashSet<>();
        long count = 0;
        for (BenchEvent event : folder.read().events()) {
            if (event instanceof BenchEvent.RequestEnded r && r.iteration() > 0) {
                seen.add(r.model() + " " + r.prompt() + " " + r.iteration());
                count++;
            }
        }
        assertThat(seen).hasSize((int) count);
        return count;
    }

    @Test
    void resume_killedAfterAnyLine_losesAndRepeatsNothing() throws Exception {
        resumeAndCheck(0);
        for (int i = 0; i < whole.length; i++) {
            if (whole[i] == '\n') {
                resumeAndCheck(i);
                resumeAndCheck(i + 1);
            }
        }
    }

    @Test
    void resume_killedAtAnyByteOfALine_losesAndRepeatsNothing() throws Exception {
        String text = new String(whole, StandardCharsets.UTF_8);
        int start = text.indexOf("{\"type\":\"request\"", text.indexOf("\"iteration\":1"));
        int end = text.indexOf('\n', start);
        assertThat(end).isGreaterThan(start);
        for (int i = start; i <= end; i += 7) {
            resumeAndCheck(i);
        }
        resumeAndCheck(end - 1);
    }

    @Test
    void resume_killedTwice_losesAndRepeatsNothing() throws Exception {
        RunFolder folder = killedAt(whole.length / 3);
        rig().resume(folder);
        byte[] second = Files.readAllBytes(folder.events());
        Files.write(folder.events(), Arrays.copyOf(second, second.length * 2 / 3));
        BenchRig.Ran ran = rig().resume(folder);
        assertThat(ran.report().models()).allMatch(m -> m.requestsOk() == 4);
        assertThat(measured(folder)).isEqualTo(8);
    }

    @Test
    void resume_killedRun_doesNotKnowItsWholeTime() throws Exception {
        BenchRig.Ran ran = rig().resume(killedAt(whole.length / 2));
        assertThat(ran.report().time().isKnown()).isFalse();
        assertThat(ran.report().time().reason()).contains("cut off");
    }

    @Test
    void resume_completeRun_asksTheServerForNothing() throws Exception {
        BenchRig rig = rig();
        rig.resume(killedAt(whole.length));
        assertThat(rig.server.calls).isEmpty();
    }

    @Test
    void report_madeTwiceFromTheSameFiles_isTheSame() throws Exception {
        RunFolder folder = killedAt(whole.length);
        assertThat(ReportJson.write(ReportBuilder.report(folder.read())))
                .isEqualTo(ReportJson.write(ReportBuilder.report(folder.read())));
    }

    @Test
    void requireSameServer_anotherKindOrASimulatedBox_isRefused() throws Exception {
        BenchRig rig = rig();
        RunHeaders.requireSameServer(header, rig.server.identity());
        rig.server.simulated = Optional.of(new ServerIdentity.SimulatedBox("thor", 60));
        assertRefused(rig);
        rig.server.simulated = Optional.empty();
        rig.server.kind = ServerKind.LLAMA_SERVER;
        assertRefused(rig);
    }

    private void assertRefused(BenchRig rig) {
        assertThatThrownBy(() -> RunHeaders.requireSameServer(header, rig.server.identity()))
                .isInstanceOfSatisfying(
                        UserError.class, e -> assertThat(e.code()).isEqualTo(ExitCode.REFUSED));
    }
}
