package dev.stoker.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

class HostSamplerTest {
    private static final String MACHINE =
            """
            == proc/stat
            cpu  1000 0 500 8000 500 0 0 0 0 0
            cpu0 500 0 250 4000 250 0 0 0 0 0
            cpu1 500 0 250 4000 250 0 0 0 0 0
            intr 12345 0 0
            btime 1700000000
            == proc/loadavg
            1.50 2.25 3.00 2/345 6789
            == proc/meminfo
            MemTotal:       131072000 kB
            MemFree:         1024000 kB
            MemAvailable:   65536000 kB
            Buffers:             1024 kB
            Cached:         60000000 kB
            Shmem:            100000 kB
            SwapTotal:       8388608 kB
            SwapFree:        4194304 kB
            HugePages_Total:    1024
            HugePages_Free:      512
            Hugepagesize:       2048 kB
            == proc/pressure/cpu
            some avg10=12.50 avg60=10.00 avg300=5.00 total=1
            full avg10=0.00 avg60=0.00 avg300=0.00 total=0
            == proc/pressure/memory
            some avg10=3.00 avg60=0.00 avg300=0.00 total=1
            full avg10=1.00 avg60=0.00 avg300=0.00 total=0
            == proc/pressure/io
            some avg10=0.00 avg60=0.00 avg300=0.00 total=1
            full avg10=0.00 avg60=0.00 avg300=0.00 total=0
            == proc/diskstats
             259       0 nvme0n1 100 0 2000 10 50 0 1000 5 0 100 15
             259       1 nvme0n1p1 100 0 2000 10 50 0 1000 5 0 100 15
               7       0 loop0 1 0 8 0 0 0 0 0 0 0 0
            == proc/net/dev
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs
                lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0
              eth0:1000 1 0 0 0 0 0 0 500 1 0 0 0 0 0 0
            == proc/self/mountinfo
            22 1 259:1 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p1 rw
            == proc/77/cgroup
            0::/system.slice/docker-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope
            == proc/77/status
            Name:\tjava
            Cpus_allowed_list:\t0-3,8
            == sys/class/block/nvme0n1p1/partition
            1
            == sys/class/block/nvme0n1/size
            5
            -> sys/dev/block/259:1 ../../class/block/nvme0n1p1
            == sys/fs/cgroup/system.slice/docker-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope/cpu.max
            250000 100000
            == sys/fs/cgroup/system.slice/docker-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope/cpu.stat
            usage_usec 5
            throttled_usec 1000000
            == sys/fs/cgroup/system.slice/docker-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope/memory.max
            8589934592
            == sys/fs/cgroup/system.slice/docker-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope/memory.current
            4294967296
            """;
    private static final String GROUP =
            "sys/fs/cgroup/system.slice/docker-" + "0123456789abcdef".repeat(4) + ".scope/";

    @TempDir Path folder;
    private final HandClock clock = new HandClock();
    private Optional<HostSampler> open = Optional.empty();

    private HostSampler sampler(RecordedTree tree) {
        HostSampler sampler =
                new HostSampler(tree.proc(), tree.sys(), 77, Optional.of(Path.of("/")), clock);
        open = Optional.of(sampler);
        return sampler;
    }

    @AfterEach
    void close() {
        open.ifPresent(HostSampler::close);
    }

    @Test
    void sample_first_levelsAreKnownAndRatesAreNot() {
        HostSample sample = sampler(RecordedTree.parse(MACHINE, folder)).sample();

        assertThat(sample.memory().free().value()).isEqualTo(Bytes.of(1_024_000L * 1024));
        assertThat(sample.memory().available().value()).isEqualTo(Bytes.of(65_536_000L * 1024));
        assertThat(sample.memory().swapUsed().value()).isEqualTo(Bytes.gib(4));
        assertThat(sample.hugePages().total().value()).isEqualTo(Bytes.gib(2));
        assertThat(sample.hugePages().free().value()).isEqualTo(Bytes.gib(1));
        assertThat(sample.cpu().load5()).isEqualTo(Reading.known(2.25));
        assertThat(sample.cpuPressure().some().value()).isEqualTo(0.125);
        assertThat(sample.memoryPressure().full().value()).isEqualTo(0.01);
        assertThat(sample.cpu().busy().reason()).contains("first look");
        assertThat(sample.disks().getFirst().read().isKnown()).isFalse();
        assertThat(sample.networks().getFirst().sent().isKnown()).isFalse();
    }

    @Test
    void sample_second_ratesByTheTimeBetween() {
        RecordedTree tree = RecordedTree.parse(MACHINE, folder);
        HostSampler sampler = sampler(tree);
        sampler.sample();
        clock.advance(2);
        tree.write(
                "proc/stat",
                """
                cpu  1150 0 550 8100 600 0 0 100 0 0
                cpu0 600 0 300 4050 250 0 0 0 0 0
                cpu1 550 0 250 4050 350 0 0 100 0 0
                """);
        tree.write(
                "proc/diskstats",
                """
                 259       0 nvme0n1 100 0 6000 10 50 0 1000 5 0 1100 15
                 259       1 nvme0n1p1 100 0 6000 10 50 0 1400 5 0 1100 15
                """);
        tree.write("proc/net/dev", "a\nb\n  eth0:5000 1 0 0 0 0 0 0 500 1 0 0 0 0 0 0\n");
        tree.write(GROUP + "cpu.stat", "usage_usec 5\nthrottled_usec 1500000\n");

        HostSample sample = sampler.sample();

        assertThat(sample.cpu().busy().value()).isEqualTo(0.6, within(1e-9));
        assertThat(sample.cpu().waiting().value()).isEqualTo(0.2, within(1e-9));
        assertThat(sample.cpu().stolen().value()).isEqualTo(0.2, within(1e-9));
        assertThat(sample.cpu().cores().getFirst()).isEqualTo(0.75, within(1e-9));
        assertThat(sample.disks())
                .containsExactly(
                        new DiskUse(
                                "nvme0n1",
                                Reading.known(4000 * 512 / 2.0),
                                Reading.known(0.0),
                                Reading.known(0.5)));
        assertThat(sample.networks())
                .containsExactly(new NetworkUse("eth0", Reading.known(2000.0), Reading.known(0.0)));
        StorageUse models = sample.models().orElseThrow();
        assertThat(models.device()).isEqualTo(Reading.known("nvme0n1p1"));
        assertThat(models.mount()).isEqualTo(Reading.known("/"));
        assertThat(models.written()).isEqualTo(Reading.known(400 * 512 / 2.0));
        assertThat(sample.limits().throttled()).isEqualTo(Reading.known(0.25));
    }

    @Test
    void sample_inAContainer_itsLimits() {
        HostLimits limits = sampler(RecordedTree.parse(MACHINE, folder)).sample().limits();

        assertThat(limits.memory().value()).isEqualTo(Bytes.gib(8));
        assertThat(limits.memoryRoom().value()).isEqualTo(Bytes.gib(4));
        assertThat(limits.cpus()).isEqualTo(Reading.known(2.5));
        assertThat(limits.allowedCpus()).isEqualTo(Reading.known(5));
    }

    @Test
    void sample_noLimits_saysThatThereIsNone() {
        RecordedTree tree = RecordedTree.parse(MACHINE, folder);
        tree.write("proc/77/cgroup", "0::/");

        HostLimits limits = sampler(tree).sample().limits();

        assertThat(limits.memory().reason()).contains("no control group limits the memory");
        assertThat(limits.cpus()).isInstanceOf(Reading.Unsupported.class);
        assertThat(limits.throttled()).isInstanceOf(Reading.Unsupported.class);
    }

    @Test
    void sample_versionOneGroup_quotaOfItsOwnTree() {
        RecordedTree tree = RecordedTree.parse(MACHINE, folder);
        tree.write("proc/77/cgroup", "4:memory:/a\n3:cpu,cpuacct:/a\n");
        tree.write("sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "-1");
        tree.write("sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000");
        tree.write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000");
        tree.write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000");

        assertThat(sampler(tree).sample().limits().cpus()).isEqualTo(Reading.known(0.5));
    }

    @Test
    void sample_counterWentBack_noRateOnceAndNeverNegative() {
        RecordedTree tree = RecordedTree.parse(MACHINE, folder);
        HostSampler sampler = sampler(tree);
        sampler.sample();
        clock.advance(1);
        tree.write("proc/net/dev", "eth0: 10 0 0 0 0 0 0 0 10 0 0 0 0 0 0 0\n");
        assertThat(sampler.sample().networks().getFirst().received().reason())
                .contains("began anew");
        clock.advance(1);
        tree.write("proc/net/dev", "eth0: 30 0 0 0 0 0 0 0 10 0 0 0 0 0 0 0\n");

        assertThat(sampler.sample().networks().getFirst().received())
                .isEqualTo(Reading.known(20.0));
    }

    @Test
    void sample_diskUnplugged_goneAndOthersStay() {
        RecordedTree tree = RecordedTree.parse(MACHINE, folder);
        HostSampler sampler = sampler(tree);
        sampler.sample();
        clock.advance(1);
        tree.write("proc/diskstats", "   7       0 loop0 1 0 8 0 0 0 0 0 0 0 0\n");

        HostSample sample = sampler.sample();

        assertThat(sample.disks()).isEmpty();
        assertThat(sample.models().orElseThrow().read().reason()).contains("no counters");
    }

    @Test
    void sample_processorSwitchedOff_coresLeftOutOnce() {
        RecordedTree tree = RecordedTree.parse(MACHINE, folder);
        HostSampler sampler = sampler(tree);
        sampler.sample();
        clock.advance(1);
        tree.write("proc/stat", "cpu  1100 0 500 8100 500\ncpu0 600 0 250 4100 250\n");

        HostSample sample = sampler.sample();

        assertThat(sample.cpu().busy().value()).isEqualTo(0.5);
        assertThat(sample.cpu().cores()).isEmpty();
    }

    @Test
    void sample_everythingAbsent_reasonsInsteadOfExceptions() {
        HostSampler sampler =
                new HostSampler(
                        folder.resolve("no"),
                        folder.resolve("where"),
                        1,
                        Optional.of(folder.resolve("x")),
                        clock);
        open = Optional.of(sampler);

        HostSample sample = sampler.sample();

        assertThat(sample.cpu().busy().reason()).contains("does not exist");
        assertThat(sample.memory().total().isKnown()).isFalse();
        assertThat(sample.ioPressure().some().reason()).contains("does not exist");
        assertThat(sample.disks()).isEmpty();
        assertThat(sample.models().orElseThrow().device().isKnown()).isFalse();
        assertThat(sample.limits().allowedCpus().isKnown()).isFalse();
    }

    @Test
    void sample_fileAppearsLater_isRead() {
        RecordedTree tree = RecordedTree.parse(MACHINE, folder);
        tree.delete("proc/loadavg");
        HostSampler sampler = sampler(tree);
        assertThat(sampler.sample().cpu().load1().isKnown()).isFalse();
        tree.write("proc/loadavg", "0.25 0.00 0.00 1/1 1");

        assertThat(sampler.sample().cpu().load1()).isEqualTo(Reading.known(0.25));
    }

    @Property(tries = 200)
    void sample_anythingInTheFiles_neverThrowsNorTellsNonsense(
            @ForAll String stat, @ForAll String rows, @ForAll long number) throws IOException {
        Path root = Files.createTempDirectory("host");
        RecordedTree tree = RecordedTree.parse(MACHINE, root);
        try (HostSampler sampler =
                new HostSampler(tree.proc(), tree.sys(), 77, Optional.empty(), clock)) {
            sampler.sample();
            clock.advance(1);
            tree.write("proc/stat", "cpu " + number + " " + stat + "\ncpu0 " + stat + "\n" + rows);
            tree.write("proc/diskstats", "8 0 sda " + number + " " + rows + "\n" + stat);
            tree.write("proc/net/dev", "eth0:" + number + " " + rows + "\n" + stat + ":" + rows);
            tree.write("proc/loadavg", stat);
            tree.write("proc/meminfo", "MemTotal: " + number + " kB\n" + rows);
            tree.write("proc/pressure/cpu", "some avg10=" + stat);
            tree.write("proc/77/status", "Cpus_allowed_list: " + rows);
            tree.write("proc/77/cgroup", "0::/" + stat);
            HostSample sample = sampler.sample();
            clock.advance(1);
            sampler.sample();

            assertThat(sample.cpu().busy().orElse(0.5)).isBetween(0.0, 1.0);
            assertThat(sample.cpuPressure().some().orElse(0.5)).isBetween(0.0, 1.0);
            assertThat(sample.networks())
                    .allSatisfy(n -> assertThat(n.received().orElse(0.0)).isNotNegative());
        } finally {
            delete(root);
        }
    }

    private static void delete(Path root) throws IOException {
        try (var files = Files.walk(root)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void sample_thisMachine_plausible() {
        try (HostSampler sampler =
                HostSampler.ofThisMachine(Optional.of(Path.of("/")), Clock.system())) {
            sampler.sample();
            HostSample sample = sampler.sample();

            assertThat(sample.memory().total().value()).isGreaterThan(Bytes.mib(100));
            assertThat(sample.cpu().load1().isKnown()).isTrue();
            assertThat(sample.limits().allowedCpus().value()).isPositive();
            assertThat(sample.models().orElseThrow().mount().isKnown()).isTrue();
        }
    }

    @Test
    void listed_lists_howManyNumbersTheyHave() {
        assertThat(
                        List.of("0", "0-3", "0-3,8,10-11", "", "3-1", "a", "1-2-3", "0-9999999999")
                                .stream()
                                .map(HostSampler::listed))
                .containsExactly(1, 4, 7, 0, 0, 0, 0, 0);
    }
}
