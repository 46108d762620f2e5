package dev.stoker.host;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The Linux host that this program runs on, read from the kernel's files; both roots can be given,
 * so that recorded trees can stand in for a machine. Every call reads anew. Thread-safe.
 *
 * <p>Source: proc_meminfo(5), proc_pressure(5), and what the parts of this room name.
 */
public final class ProcHost implements HostSource {
    private final Path proc;
    private final ProcessTable processes;
    private final ListeningSockets sockets;
    private final ControlGroups groups;
    private final PortForwarders forwarders;
    private final CpuHeat heat;

    /**
     * @param proc where the kernel shows processes: {@code /proc}
     * @param sys where it shows devices and control groups: {@code /sys}
     */
    public ProcHost(Path proc, Path sys) {
        this.proc = proc;
        processes = new ProcessTable(proc);
        sockets = new ListeningSockets(processes);
        groups = new ControlGroups(proc, sys);
        forwarders = new PortForwarders(processes, sockets, groups);
        heat = new CpuHeat(sys);
    }

    @Override
    public Machine machine() {
        return ProcMachine.read(proc);
    }

    @Override
    public Reading<String> launchOptions(long pid) {
        return LaunchOptions.of(proc.resolve(Long.toString(pid)));
    }

    @Override
    public Reading<Launch> launch(long pid) {
        return LaunchOptions.launch(proc.resolve(Long.toString(pid)));
    }

    @Override
    public Reading<List<HostProcess>> children(long pid) {
        return processes.process(pid).isPresent()
                ? Reading.known(processes.children(pid))
                : Reading.failed("the process " + pid + " is gone");
    }

    @Override
    public OptionalLong startMark(long pid) {
        return processes.startMark(pid);
    }

    @Override
    public Reading<Long> pageIns() {
        Path file = proc.resolve("vmstat");
        if (!(ProcFile.text(file) instanceof Reading.Known<String>(String text))) {
            return ProcFile.text(file).map(_ -> 0L);
        }
        OptionalLong faults =
                text.lines()
                        .filter(l -> l.startsWith("pgmajfault "))
                        .map(l -> ProcFile.number(l.substring("pgmajfault ".length())))
                        .findFirst()
                        .orElse(OptionalLong.empty());
        return faults.isPresent()
                ? Reading.known(faults.getAsLong())
                : Reading.unsupported(file + " has no number of pgmajfault");
    }

    @Override
    public Reading<List<Long>> freeBlocks() {
        Path file = proc.resolve("buddyinfo");
        return BuddyFile.parse(ProcFile.text(file), file);
    }

    @Override
    public HostMemory memory() {
        Path file = proc.resolve("meminfo");
        return memory(ProcFile.text(file), file);
    }

    /** Returns the memory that the lines of {@code meminfo} tell. */
    static HostMemory memory(Reading<String> lines, Path file) {
        return new HostMemory(
                ProcFile.kilobytes(lines, file, "MemTotal"),
                ProcFile.kilobytes(lines, file, "MemAvailable"),
                ProcFile.kilobytes(lines, file, "MemFree"),
                pageCache(lines, file),
                ProcFile.kilobytes(lines, file, "SwapTotal"),
                difference(
                        ProcFile.kilobytes(lines, file, "SwapTotal"),
                        ProcFile.kilobytes(lines, file, "SwapFree")));
    }

    /** The kernel's "Cached" holds shared memory too, which is no file's content. */
    private static Reading<Bytes> pageCache(Reading<String> lines, Path file) {
        Reading<Bytes> files =
                difference(
                        ProcFile.kilobytes(lines, file, "Cached"),
                        ProcFile.kilobytes(lines, file, "Shmem"));
        Bytes buffers = ProcFile.kilobytes(lines, file, "Buffers").orElse(Bytes.ZERO);
        return files.map(bytes -> bytes.plus(buffers));
    }

    private static Reading<Bytes> difference(Reading<Bytes> whole, Reading<Bytes> part) {
        return part.isKnown()
                ? whole.map(bytes -> bytes.minus(part.value()).max(Bytes.ZERO))
                : part;
    }

    @Override
    public HostMemory memoryFor(long pid) {
        HostMemory host = memory();
        Optional<ControlGroups.Limit> limit = groups.limit(pid);
        if (limit.isEmpty()) {
            return host;
        }
        Bytes total = limit.get().total();
        Bytes room = limit.get().room();
        return new HostMemory(
                host.total().map(total::min),
                host.available().map(room::min),
                host.free().map(room::min),
                host.pageCache(),
                host.swapTotal(),
                host.swapUsed());
    }

    @Override
    public Reading<HostProcess> listener(int port) {
        return switch (sockets.on(port, proc.resolve("net"))) {
            case Reading.Known<List<ListeningSockets.Socket>>(
                            List<ListeningSockets.Socket> found) ->
                    listener(port, found);
            case Reading.Unsupported<List<ListeningSockets.Socket>>(String reason) ->
                    Reading.unsupported(reason);
            case Reading.Failed<List<ListeningSockets.Socket>>(String reason) ->
                    Reading.failed(reason);
        };
    }

    private Reading<HostProcess> listener(int port, List<ListeningSockets.Socket> found) {
        if (found.isEmpty()) {
            return Reading.unsupported(
                    "no process of this host listens on port "
                            + port
                            + "; a container's port may be forwarded without one");
        }
        Optional<HostProcess> owner = sockets.owner(found, processes.pids());
        if (owner.isPresent()) {
            return forwarders.behind(owner.get());
        }
        OptionalLong self = processes.ownUser();
        long user = found.getFirst().uid();
        if (self.isPresent() && self.getAsLong() != 0 && self.getAsLong() != user) {
            return ofAnotherUser(user);
        }
        return Reading.unsupported(
                "the process that listens on port " + port + " can not be seen from here");
    }

    /**
     * The kernel hides the descriptors of another user's process, but tells the user of the socket.
     * A user of a service of its own (as Ollama's installer makes one) has one family of processes,
     * and its first is the listener.
     */
    private Reading<HostProcess> ofAnotherUser(long user) {
        List<HostProcess> families = user == 0 ? List.of() : processes.families(user);
        return families.size() == 1
                ? Reading.known(families.getFirst())
                : Reading.unsupported(
                        "the server's process belongs to another user; run as root to see its"
                                + " memory");
    }

    @Override
    public Reading<Supervisor> supervisor(long pid) {
        return groups.supervisor(pid);
    }

    @Override
    public Reading<Double> memoryPressure() {
        Path file = proc.resolve("pressure").resolve("memory");
        return PressureFile.parse(ProcFile.text(file), file).some();
    }

    @Override
    public TreeMemory tree(long rootPid) {
        List<HostProcess> tree = processes.tree(rootPid);
        if (tree.isEmpty()) {
            String gone = "the process " + rootPid + " is gone";
            return new TreeMemory(List.of(), Reading.failed(gone), "", Reading.failed(gone));
        }
        Bytes resident = Bytes.ZERO;
        Bytes proportional = Bytes.ZERO;
        boolean everyProportional = true;
        List<Long> measured = new ArrayList<>();
        for (HostProcess process : tree) {
            Optional<Bytes> own = processes.resident(process.pid());
            if (own.isEmpty()) {
                continue;
            }
            measured.add(process.pid());
            resident = resident.plus(own.get());
            Reading<Bytes> share =
                    everyProportional
                            ? processes.proportional(process.pid())
                            : Reading.unsupported("");
            everyProportional &= share.isKnown();
            proportional = proportional.plus(share.orElse(Bytes.ZERO));
        }
        Reading<Bytes> cgroup = groups.charged(rootPid);
        if (measured.isEmpty()) {
            return new TreeMemory(
                    tree,
                    Reading.failed(
                            "no process of the tree shows its memory; it may have just ended"),
                    "",
                    cgroup);
        }
        return everyProportional
                ? new TreeMemory(tree, Reading.known(proportional), "pss", cgroup)
                : new TreeMemory(tree, Reading.known(resident), "rss", cgroup);
    }

    @Override
    public Reading<Duration> cpuTime(long rootPid) {
        List<HostProcess> tree = processes.tree(rootPid);
        if (tree.isEmpty()) {
            return Reading.failed("the process " + rootPid + " is gone");
        }
        Duration sum = Duration.ZERO;
        for (HostProcess process : tree) {
            Optional<Duration> own = processes.cpuTime(process.pid());
            sum = sum.plus(own.orElse(Duration.ZERO));
        }
        return Reading.known(sum);
    }

    /** Source: proc_stat(5); guests are counted in user time already. */
    @Override
    public Reading<CpuLoad> cpuLoad() {
        Path file = proc.resolve("stat");
        if (!(ProcFile.text(file) instanceof Reading.Known<String>(String text))) {
            return Reading.unsupported(ProcFile.text(file).reason());
        }
        int cpus = (int) text.lines().filter(l -> l.matches("cpu\\d+ .*")).count();
        String[] all =
                text.lines()
                        .filter(l -> l.startsWith("cpu "))
                        .findFirst()
                        .orElse("")
                        .split("\\s+", -1);
        if (cpus == 0 || all.length < 9) {
            return Reading.failed(file + " does not tell the times of the CPUs");
        }
        long ticks = 0;
        for (int i : new int[] {1, 2, 3, 6, 7, 8}) { // user nice system, irq softirq steal
            OptionalLong part = ProcFile.number(all[i]);
            if (part.isEmpty()) {
                return Reading.failed(file + " holds '" + all[i] + "', not a number");
            }
            ticks += part.getAsLong();
        }
        return Reading.known(new CpuLoad(ProcessTable.TICK.multipliedBy(ticks), cpus));
    }

    @Override
    public List<MemoryUser> largestUsers(int count) {
        return processes.largest(count);
    }

    @Override
    public Reading<Throttling> throttling() {
        return heat.look();
    }

    @Override
    public boolean isLocal() {
        return true;
    }
}
