package dev.stoker.host;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Describes processes by their numbers, again and again: it keeps the CPU times of the look before,
 * and what does not change in a process's life. A number that was given to another process since is
 * seen by its start. Used by one thread.
 *
 * <p>Source: proc_pid_stat(5), proc_pid_status(5), proc_stat(5).
 */
public final class ProcessSampler {
    private final Path proc;
    private final Clock clock;
    private final ProcessTable table;
    private final ControlGroups groups;
    private final UserNames users;
    private final PodNames pods;
    private final Map<Long, Known> known = new HashMap<>();
    private Reading<Long> booted = Reading.failed("not read yet");

    /**
     * @param proc {@code /proc}
     * @param sys {@code /sys}
     * @param root where {@code etc} and {@code var} are: {@code /}
     */
    public ProcessSampler(Path proc, Path sys, Path root, Clock clock) {
        this.proc = proc;
        this.clock = clock;
        table = new ProcessTable(proc);
        groups = new ControlGroups(proc, sys);
        users = new UserNames(root.resolve("etc/passwd"));
        pods = new PodNames(root.resolve("var/log/pods"));
    }

    /** Returns a sampler of this machine's processes. */
    public static ProcessSampler ofThisMachine(Clock clock) {
        return new ProcessSampler(Path.of("/proc"), Path.of("/sys"), Path.of("/"), clock);
    }

    /** What is kept of a process between two looks. */
    private static final class Known {
        final long startTicks;
        final Counter cpu = new Counter();
        final Reading<Optional<HostContainer>> container;
        long nanos;

        Known(long startTicks, Reading<Optional<HostContainer>> container, long nanos) {
            this.startTicks = startTicks;
            this.container = container;
            this.nanos = nanos;
        }
    }

    /**
     * Returns the processes with these numbers, in that order. One that has ended, or that lives in
     * another space of numbers than this program (as a driver in a container may tell it), is left
     * out. Those that are not asked for are forgotten.
     */
    public Map<Long, ProcessDetails> details(Collection<Long> pids) {
        users.refresh();
        known.keySet().retainAll(pids);
        Map<Long, ProcessDetails> found = new LinkedHashMap<>();
        for (long pid : pids) {
            Optional<ProcessTable.Times> times = table.times(pid);
            Optional<HostProcess> process = table.process(pid);
            if (times.isPresent() && process.isPresent()) {
                found.put(pid, described(process.get(), times.get()));
            } else {
                known.remove(pid);
            }
        }
        return found;
    }

    private ProcessDetails described(HostProcess process, ProcessTable.Times times) {
        long pid = process.pid();
        long now = clock.nanos();
        Known kept = known.get(pid);
        if (kept == null || kept.startTicks != times.startTicks()) {
            kept = new Known(times.startTicks(), named(groups.container(pid)), now);
            known.put(pid, kept);
        }
        double seconds = (now - kept.nanos) / 1e9;
        kept.nanos = now;
        Reading<Double> cpu =
                kept.cpu.rate(times.cpuTicks(), seconds, 100.0 / ProcessTable.TICKS_A_SECOND);
        Path status = table.folder(pid).resolve("status");
        Reading<String> lines = ProcFile.text(status);
        Reading<Bytes> resident = ProcFile.kilobytes(lines, status, "VmRSS");
        return new ProcessDetails(
                process,
                user(lines, status),
                started(times.startTicks()),
                cpu,
                resident,
                kept.container);
    }

    private Reading<Optional<HostContainer>> named(Reading<Optional<HostContainer>> found) {
        return found.map(some ->
                some.map(
                        c -> new HostContainer(c.engine(), c.id(), c.podId(), pods.of(c.podId()))));
    }

    private Reading<String> user(Reading<String> lines, Path status) {
        if (!(lines instanceof Reading.Known<String>(String text))) {
            return lines;
        }
        int at = text.startsWith("Uid:") ? 0 : text.indexOf("\nUid:") + 1;
        long uid = at == 0 && !text.startsWith("Uid:") ? -1 : uidAt(text, at + 4);
        return uid < 0 ? Reading.failed(status + " tells no user") : Reading.known(users.of(uid));
    }

    private static long uidAt(String text, int at) {
        int end = text.indexOf('\n', at);
        return new Columns(text, at, end < 0 ? text.length() : end).number();
    }

    private Reading<Instant> started(long startTicks) {
        if (startTicks < 0) {
            return Reading.failed("the kernel does not tell when it began");
        }
        if (!booted.isKnown()) {
            booted = bootTime();
        }
        return booted.map(boot ->
                Instant.ofEpochSecond(boot)
                        .plusMillis(startTicks * 1000 / ProcessTable.TICKS_A_SECOND));
    }

    private Reading<Long> bootTime() {
        String text = ProcFile.text(proc.resolve("stat")).orElse("");
        int at = text.indexOf("btime ");
        long boot = at < 0 ? -1 : uidAt(text, at + 6);
        return boot < 0 || boot > Integer.MAX_VALUE * 4L
                ? Reading.failed("the kernel does not tell when the machine was started")
                : Reading.known(boot);
    }
}
