package dev.stoker.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class ProcessSamplerTest {
    private static final String ID = "0123456789abcdef".repeat(4);
    private static final String MACHINE =
            """
            == etc/passwd
            root:x:0:0:root:/root:/bin/bash
            ollama:x:998:998::/usr/share/ollama:/bin/false
            == proc/stat
            cpu  1 2 3 4
            btime 1700000000
            == proc/900/stat
            900 (ollama run) S 1 900 900 0 -1 4194560 1 0 0 0 1000 500 0 0 20 0 9 0 360000 1 1
            == proc/900/status
            Name:\tollama
            Uid:\t998\t998\t998\t998
            VmRSS:\t  2048 kB
            == proc/900/cmdline
            /usr/bin/ollama\\0runner\\0--api-key\\0hunter2\\0--port\\04242\\0
            == proc/900/cgroup
            0::/system.slice/ollama.service
            """;

    @TempDir Path folder;
    private final HandClock clock = new HandClock();

    private ProcessSampler sampler(RecordedTree tree) {
        return new ProcessSampler(tree.proc(), tree.sys(), folder, clock);
    }

    @Test
    void details_ofAService_everything() {
        RecordedTree tree = RecordedTree.parse(MACHINE, folder);
        ProcessSampler sampler = sampler(tree);
        assertThat(sampler.details(List.of(900L)).get(900L).cpuPercent().reason())
                .contains("first look");
        clock.advance(2);
        tree.write(
                "proc/900/stat",
                "900 (ollama run) S 1 900 900 0 -1 4194560 1 0 0 0 1200 600 0 0 20 0 9 0 360000 1");

        ProcessDetails details = sampler.details(List.of(900L)).get(900L);

        assertThat(details.process().command())
                .isEqualTo("/usr/bin/ollama runner --api-key … --port 4242");
        assertThat(details.user()).isEqualTo(Reading.known("ollama"));
        assertThat(details.started())
                .isEqualTo(Reading.known(Instant.ofEpochSecond(1_700_000_000 + 3600)));
        assertThat(details.cpuPercent()).isEqualTo(Reading.known(150.0));
        assertThat(details.resident()).isEqualTo(Reading.known(Bytes.mib(2)));
        assertThat(details.container()).isEqualTo(Reading.known(Optional.empty()));
    }

    @Test
    void details_endedOrNeverSeen_leftOut() {
        RecordedTree tree = RecordedTree.parse(MACHINE, folder);

        Map<Long, ProcessDetails> found = sampler(tree).details(List.of(901L, 900L));

        assertThat(found).containsOnlyKeys(900L);
    }

    @Test
    void details_numberGivenToAnother_notTakenForTheFirst() {
        RecordedTree tree = RecordedTree.parse(MACHINE, folder);
        ProcessSampler sampler = sampler(tree);
        sampler.details(List.of(900L));
        clock.advance(1);
        tree.write("proc/900/stat", "900 (b) S 1 1 1 0 -1 4 1 0 0 0 9000 0 0 0 20 0 9 0 370000 1");
        tree.write("proc/900/cgroup", "0::/docker/" + ID);

        ProcessDetails details = sampler.details(List.of(900L)).get(900L);

        assertThat(details.cpuPercent().isKnown()).isFalse();
        assertThat(details.container().value().orElseThrow().engine()).isEqualTo("docker");
    }

    @Test
    void details_userWithoutName_theNumberUntilItHasOne() throws Exception {
        RecordedTree tree = RecordedTree.parse(MACHINE, folder);
        tree.write("proc/900/status", "Uid:\t4242\t1\t1\t1");
        ProcessSampler sampler = sampler(tree);
        assertThat(sampler.details(List.of(900L)).get(900L).user())
                .isEqualTo(Reading.known("4242"));
        tree.write("etc/passwd", "new:x:4242:1::/:/bin/sh");
        java.nio.file.Files.setLastModifiedTime(
                folder.resolve("etc/passwd"),
                java.nio.file.attribute.FileTime.from(Instant.EPOCH.plus(Duration.ofDays(1))));

        assertThat(sampler.details(List.of(900L)).get(900L).user()).isEqualTo(Reading.known("new"));
    }

    @Test
    void details_inAPod_namedByItsLogs() {
        RecordedTree tree = RecordedTree.parse(MACHINE, folder);
        String pod = "1b4e28ba-2fa1-11d2-883f-0016d3cca427";
        tree.write(
                "proc/900/cgroup",
                "0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod"
                        + pod.replace('-', '_')
                        + ".slice/cri-containerd-"
                        + ID
                        + ".scope");
        tree.write("var/log/pods/ml_ollama-0_" + pod + "/ollama/0.log", "");

        HostContainer container =
                sampler(tree).details(List.of(900L)).get(900L).container().value().orElseThrow();

        assertThat(container).isEqualTo(new HostContainer("kubernetes", ID, pod, "ml/ollama-0"));
        assertThat(container.shortId()).isEqualTo("0123456789ab");
    }

    @Test
    void details_podmanContainerKeptByAUnit_theContainer() {
        RecordedTree tree = RecordedTree.parse(MACHINE, folder);
        tree.write("proc/900/cgroup", "0::/system.slice/ollama.service/libpod-payload-" + ID);

        assertThat(sampler(tree).details(List.of(900L)).get(900L).container().value())
                .map(HostContainer::engine)
                .contains("podman");
    }

    @Test
    void podOf_bothDrivers_theIdentifier() {
        assertThat(
                        ControlGroups.podOf(
                                "/kubepods/besteffort/pod1b4e28ba-2fa1-11d2-883f-0016d3cca427/"
                                        + ID))
                .isEqualTo("1b4e28ba-2fa1-11d2-883f-0016d3cca427");
        assertThat(ControlGroups.podOf("/system.slice/docker-" + ID + ".scope")).isEmpty();
    }

    @Property(tries = 300)
    void details_anythingInTheFiles_neverThrows(@ForAll String text, @ForAll long number)
            throws Exception {
        Path root = java.nio.file.Files.createTempDirectory("processes");
        try {
            RecordedTree tree = RecordedTree.parse(MACHINE, root);
            tree.write("proc/900/stat", "900 (" + text + ") S 1 " + number + " " + text);
            tree.write("proc/900/status", "Uid:" + text + "\nVmRSS: " + number + " kB");
            tree.write("proc/900/cgroup", text);
            tree.write("proc/stat", "btime " + number);
            tree.write("etc/passwd", text + ":x:" + number + ":1");
            ProcessSampler sampler = new ProcessSampler(tree.proc(), tree.sys(), root, clock);
            sampler.details(List.of(900L, number));
            clock.advance(1);
            sampler.details(List.of(900L, number));
        } finally {
            try (var files = java.nio.file.Files.walk(root)) {
                for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    java.nio.file.Files.delete(file);
                }
            }
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void details_thisProcess_itsOwnFigures() {
        long self = ProcessHandle.current().pid();

        ProcessDetails details =
                ProcessSampler.ofThisMachine(Clock.system()).details(List.of(self)).get(self);

        assertThat(details.process().name()).isNotBlank();
        assertThat(details.resident().value()).isGreaterThan(Bytes.mib(10));
        assertThat(details.started().value())
                .isBefore(Clock.system().now().plusSeconds(2))
                .isAfter(Clock.system().now().minusSeconds(86_400));
    }

    @Test
    void details_commandLineRewritten_seenLaterAndWithANewNameAtOnce() {
        RecordedTree tree = RecordedTree.parse(MACHINE, folder);
        ProcessSampler sampler = sampler(tree);
        assertThat(command(sampler)).startsWith("/usr/bin/ollama");
        tree.write("proc/900/cmdline", "VLLM::Engine");
        assertThat(command(sampler)).startsWith("/usr/bin/ollama");
        clock.advance(11);
        assertThat(command(sampler)).isEqualTo("VLLM::Engine");
        tree.write("proc/900/cmdline", "VLLM::Worker");
        tree.write("proc/900/stat", "900 (new) S 1 1 1 0 -1 4 1 0 0 0 1 0 0 0 20 0 9 0 360000 1");
        assertThat(command(sampler)).isEqualTo("VLLM::Worker");
    }

    private static String command(ProcessSampler sampler) {
        return sampler.details(List.of(900L)).get(900L).process().command();
    }

    @Test
    void details_realProcessThatEnds_isLeftOut() throws Exception {
        Assumptions.assumeTrue(Files.isReadable(Path.of("/proc/self/stat")), "no /proc here");
        Process process = new ProcessBuilder("sleep", "60").start();
        try (ProcessSampler sampler = ProcessSampler.ofThisMachine(clock)) {
            long pid = process.pid();
            assertThat(sampler.details(List.of(pid))).containsKey(pid);
            assertThat(sampler.process(pid)).isPresent();
            process.destroyForcibly().waitFor();
            assertThat(sampler.details(List.of(pid))).isEmpty();
            assertThat(sampler.process(pid)).isEmpty();
        } finally {
            process.destroyForcibly();
        }
    }
}
