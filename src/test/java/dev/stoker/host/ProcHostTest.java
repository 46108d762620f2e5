package dev.stoker.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

class ProcHostTest {
    private static final String CONTAINER =
            "3f2a9c1be0d84c7fa1b2c3d4e5f60718293a4b5c6d7e8f90123456789abcdef0";

    @TempDir Path folder;

    @Test
    void memory_desktopWithSwap_everyFigureInBytes() {
        HostMemory memory = RecordedTree.of("desktop", folder).host().memory();

        assertThat(memory.total().value()).isEqualTo(Bytes.gib(64));
        assertThat(memory.available().value()).isEqualTo(Bytes.gib(40));
        assertThat(memory.free().value()).isEqualTo(Bytes.gib(10));
        assertThat(memory.pageCache().value()).isEqualTo(Bytes.gib(27));
        assertThat(memory.swapTotal().value()).isEqualTo(Bytes.gib(8));
        assertThat(memory.swapUsed().value()).isEqualTo(Bytes.gib(1));
    }

    @Test
    void memory_noSwap_zeroAndKnown() {
        HostMemory memory = RecordedTree.of("jetson", folder).host().memory();

        assertThat(memory.swapTotal()).isEqualTo(Reading.known(Bytes.ZERO));
        assertThat(memory.swapUsed()).isEqualTo(Reading.known(Bytes.ZERO));
    }

    @Test
    void memory_oldKernelWithoutAvailable_unknownWithReasonNotZero() {
        RecordedTree tree = RecordedTree.of("desktop", folder);
        tree.write("proc/meminfo", "MemTotal: 100 kB\nMemFree: 50 kB\n");

        HostMemory memory = tree.host().memory();

        assertThat(memory.available()).isInstanceOf(Reading.Unsupported.class);
        assertThat(memory.available().reason()).contains("MemAvailable");
        assertThat(memory.swapUsed().isKnown()).isFalse();
        assertThat(memory.free().value()).isEqualTo(Bytes.of(50 * 1024));
    }

    @Test
    void memory_hostileNumbers_failedWithReason() {
        RecordedTree tree = RecordedTree.of("desktop", folder);
        tree.write(
                "proc/meminfo",
                "MemTotal: 99999999999999999999 kB\nMemFree: -5 kB\nMemAvailable: \u001b[31m kB\n");

        HostMemory memory = tree.host().memory();

        assertThat(List.of(memory.total(), memory.free(), memory.available()))
                .allMatch(r -> r instanceof Reading.Failed<Bytes>);
    }

    @Test
    void everything_absentRoots_reasonsInsteadOfExceptions() {
        ProcHost host = new ProcHost(folder.resolve("no"), folder.resolve("where"));

        assertThat(host.memory().total().reason()).contains("does not exist");
        assertThat(host.memoryFor(1).total().isKnown()).isFalse();
        assertThat(host.listener(11434).isKnown()).isFalse();
        assertThat(host.supervisor(1).isKnown()).isFalse();
        assertThat(host.tree(1).resident().isKnown()).isFalse();
        assertThat(host.largestUsers(5)).isEmpty();
        assertThat(host.throttling().isKnown()).isFalse();
        assertThat(host.memoryPressure().isKnown()).isFalse();
    }

    @Test
    void listener_unitOnLoopback_itsProcess() {
        HostProcess server = RecordedTree.of("desktop", folder).host().listener(11434).value();

        assertThat(server)
                .isEqualTo(new HostProcess(900, 1, "ollama", "/usr/local/bin/ollama serve"));
    }

    @Test
    void listener_onlyInTheTableOfVersionSix_itsProcess() {
        assertThat(RecordedTree.of("desktop", folder).host().listener(8080).value().pid())
                .isEqualTo(3000);
    }

    @Test
    void listener_nobodyListens_saysSo() {
        assertThat(RecordedTree.of("desktop", folder).host().listener(9999).reason())
                .contains("no process of this host listens on port 9999");
    }

    @Test
    void listener_descriptorsOfAnotherUserHidden_saysToRunAsRoot() throws Exception {
        RecordedTree tree = RecordedTree.of("desktop", folder);
        tree.delete("proc/900/fd/3");

        assertThat(tree.host().listener(11434).reason())
                .isEqualTo(
                        "the server's process belongs to another user; run as root to see its"
                                + " memory");
    }

    @Test
    void listener_descriptorsHiddenButTheUserHasOneFamily_itsFirst() {
        RecordedTree tree = RecordedTree.of("desktop", folder);
        tree.delete("proc/900/fd/3");
        tree.write("proc/700/status", "Uid:\t33\t33\t33\t33");

        assertThat(tree.host().listener(11434).value().pid()).isEqualTo(900);
    }

    @Test
    void listener_descriptorsOfRootHidden_neverGuessed() {
        RecordedTree tree = RecordedTree.of("desktop", folder);
        tree.delete("proc/1/fd/3");

        assertThat(tree.host().listener(22).reason()).contains("another user");
    }

    @Test
    void listener_socketSharedByParentAndChildAndSystemd_theParent() throws Exception {
        RecordedTree tree = RecordedTree.of("desktop", folder);
        for (String pid : List.of("1", "950")) {
            Files.createSymbolicLink(
                    tree.proc().resolve(pid + "/fd/77"), Path.of("socket:[41018]"));
        }

        assertThat(tree.host().listener(11434).value().pid()).isEqualTo(900);
    }

    @Test
    void listener_forwardedBySsh_notTakenForTheServer() {
        RecordedTree tree = RecordedTree.of("desktop", folder);
        tree.write("proc/900/stat", "900 (ssh) S 1 900 900 0 -1");

        assertThat(tree.host().listener(11434).reason()).contains("forwarded by ssh");
    }

    @Test
    void listener_behindDockerProxy_theProcessInTheContainerOfThatAddress() {
        ProcHost host = RecordedTree.of("container", folder).host();

        assertThat(host.listener(11434).value().pid()).isEqualTo(800);
        assertThat(host.supervisor(800))
                .isEqualTo(Reading.known(new Supervisor.Container("docker", CONTAINER)));
    }

    @Test
    void listener_dockerProxyForAnUnseenContainer_saysWhichAddress() {
        assertThat(RecordedTree.of("container", folder).host().listener(8000).reason())
                .contains("Docker's proxy")
                .contains("172.17.0.9");
    }

    @Test
    void tree_serverWithRunner_runnerCountedOrphanNot() {
        TreeMemory tree = RecordedTree.of("desktop", folder).host().tree(900);

        assertThat(tree.processes()).extracting(HostProcess::pid).containsExactly(900L, 950L);
        assertThat(tree.measure()).isEqualTo("pss");
        assertThat(tree.resident().value()).isEqualTo(Bytes.gib(5).plus(Bytes.mib(50)));
        assertThat(tree.cgroup().value()).isEqualTo(Bytes.gib(15));
    }

    @Test
    void tree_oneShareUnreadable_residentOfAllAndSaysSo() {
        RecordedTree recorded = RecordedTree.of("desktop", folder);
        recorded.delete("proc/950/smaps_rollup");

        TreeMemory tree = recorded.host().tree(900);

        assertThat(tree.measure()).isEqualTo("rss");
        assertThat(tree.resident().value()).isEqualTo(Bytes.gib(5).plus(Bytes.mib(80)));
    }

    @Test
    void tree_rootGone_emptyAndFailed() {
        TreeMemory tree = RecordedTree.of("desktop", folder).host().tree(12345);

        assertThat(tree.processes()).isEmpty();
        assertThat(tree.resident()).isEqualTo(Reading.failed("the process 12345 is gone"));
    }

    @Test
    void tree_parentsInACircle_ends() {
        RecordedTree recorded = RecordedTree.of("desktop", folder);
        recorded.write("proc/900/stat", "900 (a b) c) S 950 900");

        TreeMemory tree = recorded.host().tree(900);

        assertThat(tree.processes()).extracting(HostProcess::pid).containsExactly(900L, 950L);
        assertThat(tree.processes().getFirst().name()).isEqualTo("a b) c");
    }

    @Test
    void tree_startedFromASession_noGroupOfItsOwn() {
        TreeMemory tree = RecordedTree.of("desktop", folder).host().tree(3000);

        assertThat(tree.cgroup().reason()).contains("no container and no unit");
    }

    @Test
    void memoryFor_containerWithLimit_whatTheLimitLeaves() {
        HostMemory memory = RecordedTree.of("container", folder).host().memoryFor(800);

        assertThat(memory.total().value()).isEqualTo(Bytes.gib(32));
        assertThat(memory.available().value()).isEqualTo(Bytes.gib(32 - 26 + 4));
    }

    @Test
    void memoryFor_versionOneGroup_whatTheLimitLeaves() {
        ProcHost host = RecordedTree.of("cgroup1", folder).host();

        assertThat(host.memoryFor(300).available().value()).isEqualTo(Bytes.gib(3));
        assertThat(host.memoryFor(300).total().value()).isEqualTo(Bytes.gib(8));
        assertThat(host.tree(300).cgroup().value()).isEqualTo(Bytes.gib(6));
        assertThat(host.tree(300).measure()).isEqualTo("rss");
    }

    @Test
    void memoryFor_noLimit_theHosts() {
        ProcHost host = RecordedTree.of("desktop", folder).host();

        assertThat(host.memoryFor(900)).isEqualTo(host.memory());
    }

    @Test
    void supervisor_unitOfTheSystem_itsName() {
        assertThat(RecordedTree.of("desktop", folder).host().supervisor(950))
                .isEqualTo(Reading.known(new Supervisor.SystemUnit("ollama.service")));
    }

    @Test
    void supervisor_versionOneBesideTheEnginesUnit_theContainer() {
        assertThat(RecordedTree.of("cgroup1", folder).host().supervisor(300))
                .isEqualTo(Reading.known(new Supervisor.Container("docker", CONTAINER)));
    }

    @Test
    void largestUsers_three_largestFirst() {
        List<MemoryUser> users = RecordedTree.of("desktop", folder).host().largestUsers(3);

        assertThat(users).extracting(u -> u.process().pid()).containsExactly(700L, 950L, 3000L);
        assertThat(users.getFirst().resident()).isEqualTo(Bytes.gib(9));
    }

    @Test
    void largestUsers_hostileName_cleaned() {
        RecordedTree tree = RecordedTree.of("desktop", folder);
        tree.write("proc/700/stat", "700 (\u001b[2Jevil\n) S 1 700");
        tree.write("proc/700/cmdline", "\u001b]0;title\u0007\0--x\0");

        MemoryUser user = tree.host().largestUsers(1).getFirst();

        assertThat(user.process().name()).isEqualTo("[2Jevil");
        assertThat(user.process().command()).isEqualTo("]0;title --x");
    }

    @Test
    void command_keysOnIt_leftOut() {
        RecordedTree tree = RecordedTree.of("desktop", folder);
        tree.write(
                "proc/700/cmdline",
                String.join(
                                "\0",
                                "env",
                                "HF_TOKEN=abc1",
                                "vllm",
                                "--api-key",
                                "abc2",
                                "--port",
                                "1",
                                "--max-tokens",
                                "5",
                                "--hf-token=abc3\n")
                        + "\0");

        assertThat(tree.host().largestUsers(1).getFirst().process().command())
                .isEqualTo("env HF_TOKEN=… vllm --api-key … --port 1 --max-tokens 5 --hf-token=…");
    }

    @Test
    void throttling_countersStandStill_notThrottled() {
        ProcHost host = RecordedTree.of("desktop", folder).host();

        assertThat(host.throttling().value().now()).isFalse();
        assertThat(host.throttling().value().evidence()).contains("4 CPUs");
    }

    @Test
    void throttling_countersRose_throttledUntilTheyStand() {
        RecordedTree tree = RecordedTree.of("desktop", folder);
        ProcHost host = tree.host();
        tree.write("sys/devices/system/cpu/cpu2/thermal_throttle/core_throttle_count", "10\n");

        assertThat(host.throttling().value())
                .isEqualTo(
                        new Throttling(
                                true,
                                "the throttle counters of the CPU rose by 7 since the last look"));
        assertThat(host.throttling().value().now()).isFalse();
    }

    @Test
    void throttling_alertOfTheBoard_throttledAndNamed() {
        RecordedTree tree = RecordedTree.of("jetson", folder);
        ProcHost host = tree.host();
        assertThat(host.throttling().value().now()).isFalse();

        tree.write("sys/class/thermal/cooling_device1/cur_state", "1\n");

        assertThat(host.throttling().value())
                .isEqualTo(new Throttling(true, "active cooling devices: cpu-throttle-alert at 1"));
    }

    @Test
    void throttling_nothingToLookAt_unsupported() {
        assertThat(RecordedTree.of("cgroup1", folder).host().throttling())
                .isInstanceOf(Reading.Unsupported.class);
    }

    @Test
    void memoryPressure_kernelTells_asShare() {
        assertThat(RecordedTree.of("desktop", folder).host().memoryPressure())
                .isEqualTo(Reading.known(0.125));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void listener_realSocketOfThisProcess_ownPid() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            HostSource host = Hosts.of("localhost");
            long self = ProcessHandle.current().pid();

            assertThat(host.listener(socket.getLocalPort()).value().pid()).isEqualTo(self);
            assertThat(host.tree(self).resident().value()).isGreaterThan(Bytes.mib(20));
            assertThat(host.memory().available().value()).isLessThan(host.memory().total().value());
        }
    }

    @Test
    void cpuTime_ofATree_isTheSumOfItsProcesses() {
        RecordedTree tree = RecordedTree.of("desktop", folder);
        tree.write("proc/800/stat", "800 (a) S 1 8 8 0 -1 0 0 0 0 0 150 50 9 9");
        tree.write("proc/801/stat", "801 (b (c) S 800 8 8 0 -1 0 0 0 0 0 100 0 9 9");
        assertThat(tree.host().cpuTime(800).value()).isEqualTo(Duration.ofSeconds(3));
        assertThat(tree.host().cpuTime(999_999).reason()).contains("gone");
    }

    @Test
    void pageIns_ofAHost_areItsMajorFaults() {
        RecordedTree tree = RecordedTree.of("desktop", folder);
        tree.write("proc/vmstat", "pgfault 900\npgmajfault 4711\npswpin 3\n");
        assertThat(tree.host().pageIns().value()).isEqualTo(4711);
        tree.write("proc/vmstat", "pgfault 900\n");
        assertThat(tree.host().pageIns().reason()).contains("pgmajfault");
    }

    @Test
    void launch_ofAServer_isWhatItWasStartedWithWithoutSecrets() {
        RecordedTree tree = RecordedTree.of("desktop", folder);
        tree.write(
                "proc/800/cmdline",
                "/bin/llama-server\0--alias\0\0--port\08081\0--api-key\0K1\0--port=8082\0");
        tree.write(
                "proc/800/environ",
                "LLAMA_ARG_SLEEP_IDLE_SECONDS=6\0HOME=/root\0LLAMA_API_KEY=K2\0OLLAMA_DEBUG=1\0");
        Launch launch = tree.host().launch(800).value();
        assertThat(launch.arguments())
                .containsExactly("--alias", "", "--port", "8081", "--api-key", "…", "--port=8082");
        assertThat(launch.option("--port")).contains("8082");
        assertThat(launch.option("--alias")).contains("");
        assertThat(launch.option("--model", "-m")).isEmpty();
        assertThat(launch.variables().value())
                .containsOnlyKeys("LLAMA_ARG_SLEEP_IDLE_SECONDS", "OLLAMA_DEBUG");
    }

    @Test
    void launch_whoseEnvironmentMayNotBeRead_hasItsArguments() {
        HostSource host = RecordedTree.of("desktop", folder).host();
        Launch launch = host.launch(950).value();
        assertThat(launch.option("--port")).contains("40001");
        assertThat(launch.variables().isKnown()).isFalse();
        assertThat(host.launch(999_999).isKnown()).isFalse();
    }

    @Test
    void children_withAndWithoutTheKernelsLists_areTheSame() {
        RecordedTree tree = RecordedTree.of("desktop", folder);
        assertThat(tree.host().children(900).value())
                .extracting(HostProcess::pid)
                .containsExactly(950L);
        tree.write("proc/900/task/900/children", "950 ");
        tree.write("proc/900/task/901/children", "");
        assertThat(tree.host().children(900).value())
                .extracting(HostProcess::pid)
                .containsExactly(950L);
        assertThat(tree.host().children(999_999).reason()).contains("gone");
    }

    @Test
    void startMark_ofAProcess_tellsItFromTheNextWithItsNumber() {
        RecordedTree tree = RecordedTree.of("desktop", folder);
        tree.write("proc/800/stat", "800 (a b) S 1 8 8 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 4711 99");
        assertThat(tree.host().startMark(800)).hasValue(4711);
        tree.write("proc/800/stat", "800 (a b) Z 1 8 8 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 4711 99");
        assertThat(tree.host().startMark(800)).isEmpty();
        assertThat(tree.host().startMark(999_999)).isEmpty();
    }
}
