package dev.stoker.host;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Looks at a host again and again; rates are those since its look before. The kernel's files are
 * kept open and limits are looked up rarely, so that a look takes a fraction of a millisecond. Used
 * by one thread.
 *
 * <p>Source: proc_stat(5), proc_loadavg(5), proc_meminfo(5), and what the parts of this room name.
 */
public final class HostSampler implements AutoCloseable {
    /** A container's limits may be changed while it runs, which nobody does every second. */
    private static final long LIMITS_NANOS = 5_000_000_000L;

    private static final Pattern LOAD = Pattern.compile("[0-9]{1,7}\\.[0-9]{1,4}");

    private final Path proc;
    private final long pid;
    private final Clock clock;
    private final KernelFile stat;
    private final KernelFile load;
    private final KernelFile memory;
    private final KernelFile disks;
    private final KernelFile networks;
    private final List<KernelFile> pressures;
    private final CpuTimes cpu = new CpuTimes();
    private final DeviceRates devices;
    private final Optional<Storage> models;
    private final ControlGroups groups;
    private final Counter held = new Counter();
    private Limits limits = Limits.NONE;
    private long limitsSince;
    private boolean looked;
    private long before;

    /** What changes rarely. */
    private record Limits(
            List<ControlGroups.MemoryLimit> memory,
            Optional<ControlGroups.CpuLimit> cpu,
            Reading<Integer> allowedCpus) {
        static final Limits NONE =
                new Limits(List.of(), Optional.empty(), Reading.failed("not read yet"));
    }

    /**
     * @param proc {@code /proc}
     * @param sys {@code /sys}
     * @param pid the process whose limits count: this program's
     * @param models the folder whose file system is watched, if any
     */
    public HostSampler(Path proc, Path sys, long pid, Optional<Path> models, Clock clock) {
        this.proc = proc;
        this.pid = pid;
        this.clock = clock;
        KernelFile.Space space = new KernelFile.Space();
        stat = KernelFile.ofOnePiece(proc.resolve("stat"), space);
        load = KernelFile.ofOnePiece(proc.resolve("loadavg"), space);
        memory = KernelFile.ofOnePiece(proc.resolve("meminfo"), space);
        disks = KernelFile.ofPieces(proc.resolve("diskstats"), space);
        networks = KernelFile.ofPieces(proc.resolve("net/dev"), space);
        pressures =
                List.of(
                        KernelFile.ofOnePiece(proc.resolve("pressure/cpu"), space),
                        KernelFile.ofOnePiece(proc.resolve("pressure/memory"), space),
                        KernelFile.ofOnePiece(proc.resolve("pressure/io"), space));
        devices = new DeviceRates(sys);
        this.models = models.map(folder -> new Storage(folder, proc, sys));
        groups = new ControlGroups(proc, sys);
    }

    /** Returns a sampler of this machine. */
    public static HostSampler ofThisMachine(Optional<Path> models, Clock clock) {
        return new HostSampler(
                Path.of("/proc"), Path.of("/sys"), ProcessHandle.current().pid(), models, clock);
    }

    /** Looks now. Never throws for what the kernel does: that becomes a reading. */
    public HostSample sample() {
        long nanos = clock.nanos();
        double seconds = looked ? (nanos - before) / 1e9 : 0;
        looked = true;
        before = nanos;
        Reading<String> lines = memory.text();
        CpuTimes.Shares shares = cpu.look(stat.text());
        Reading<String> loads = load.text();
        Map<String, DiskUse> all = devices.disks(disks.text(), seconds);
        return new HostSample(
                clock.now(),
                nanos,
                ProcHost.memory(lines, memory.path()),
                hugePages(lines, memory.path()),
                new CpuUse(
                        shares.busy(),
                        shares.waiting(),
                        shares.stolen(),
                        shares.cores(),
                        load(loads, 0),
                        load(loads, 1),
                        load(loads, 2)),
                pressure(0),
                pressure(1),
                pressure(2),
                devices.whole(all),
                devices.networks(networks.text(), seconds),
                models.map(storage -> storage.look(all)),
                limits(nanos, seconds));
    }

    private Pressure pressure(int which) {
        KernelFile file = pressures.get(which);
        return PressureFile.parse(file.text(), file.path());
    }

    private static Reading<Double> load(Reading<String> file, int column) {
        return switch (file) {
            case Reading.Known<String>(String text) -> {
                Columns columns = Columns.of(text);
                columns.skip(column);
                String word = columns.word();
                yield LOAD.matcher(word).matches()
                        ? Reading.known(Double.parseDouble(word))
                        : Reading.failed("the kernel's file of the load holds no number");
            }
            default -> file.map(_ -> 0.0);
        };
    }

    static HugePages hugePages(Reading<String> lines, Path file) {
        Reading<Bytes> size = ProcFile.kilobytes(lines, file, "Hugepagesize");
        return new HugePages(
                product(ProcFile.count(lines, file, "HugePages_Total"), size),
                product(ProcFile.count(lines, file, "HugePages_Free"), size));
    }

    private static Reading<Bytes> product(Reading<Long> count, Reading<Bytes> size) {
        if (!count.isKnown() || !size.isKnown()) {
            return count.isKnown() ? size : count.map(_ -> Bytes.ZERO);
        }
        long bytes = Math.multiplyHigh(count.value(), size.value().count());
        return bytes == 0 && count.value() * size.value().count() >= 0
                ? Reading.known(Bytes.of(count.value() * size.value().count()))
                : Reading.failed("the kernel tells an impossible number of pages");
    }

    private HostLimits limits(long nanos, double seconds) {
        if (limitsSince == 0 || nanos - limitsSince >= LIMITS_NANOS) {
            limits = new Limits(groups.memoryLimits(pid), groups.cpuLimit(pid), allowedCpus());
            limitsSince = nanos;
        }
        Optional<ControlGroups.Limit> room = ControlGroups.limit(limits.memory());
        Reading<Bytes> noMemory = Reading.unsupported("no control group limits the memory");
        Reading<Double> noCpu = Reading.unsupported("no control group limits the processors' time");
        return new HostLimits(
                room.map(l -> Reading.known(l.total())).orElse(noMemory),
                room.map(l -> Reading.known(l.room())).orElse(noMemory),
                limits.cpu().map(l -> Reading.known(l.cpus())).orElse(noCpu),
                limits.allowedCpus(),
                limits.cpu().map(l -> held(l, seconds)).orElse(noCpu));
    }

    private Reading<Double> held(ControlGroups.CpuLimit limit, double seconds) {
        String text = ProcFile.text(limit.file()).orElse("");
        int at = text.indexOf(limit.label());
        long value = at < 0 ? -1 : Columns.of(text.substring(at + limit.label().length())).number();
        return held.rate(value, seconds, limit.unit()).map(share -> Math.min(1, share));
    }

    /** The kernel writes a list such as {@code 0-3,8}. */
    private Reading<Integer> allowedCpus() {
        Path file = proc.resolve(Long.toString(pid)).resolve("status");
        Reading<String> status = ProcFile.text(file);
        if (!(status instanceof Reading.Known<String>(String text))) {
            return status.map(_ -> 0);
        }
        String label = "Cpus_allowed_list:";
        int at = text.indexOf(label);
        int count = at < 0 ? 0 : listed(Columns.of(text.substring(at + label.length())).word());
        return count > 0
                ? Reading.known(count)
                : Reading.failed(file + " holds no list of processors");
    }

    /** Returns how many numbers a list such as {@code 0-3,8} has; 0 where it is none. */
    static int listed(String list) {
        int count = 0;
        for (String part : list.split(",", -1)) {
            String[] ends = part.split("-", -1);
            long from = Columns.of(ends[0]).number();
            long to = ends.length == 1 ? from : Columns.of(ends[1]).number();
            if (ends.length > 2 || from < 0 || to < from || to > 1_000_000) {
                return 0;
            }
            count += (int) (to - from) + 1;
        }
        return count;
    }

    @Override
    public void close() {
        List.of(stat, load, memory, disks, networks).forEach(KernelFile::close);
        pressures.forEach(KernelFile::close);
    }
}
