package dev.stoker.host;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Describes processes by their numbers, again and again: it keeps the CPU times of the look before,
 * and what does not change in a process's life. A number that was given to another process since is
 * seen by its start. The kernel's files of the processes are kept open; a program may rewrite its
 * command line, which is read again now and then, and when its name changes. Used by one thread.
 *
 * <p>Source: proc_pid_stat(5), proc_pid_status(5), proc_stat(5).
 */
public final class ProcessSampler implements AutoCloseable {
    private static final long COMMAND_NANOS = 10_000_000_000L;

    /** The files of more processes than that are opened at each look. */
    private static final int MOST_OPEN = 256;

    private final Path proc;
    private final Clock clock;
    private final ProcessTable table;
    private final ControlGroups groups;
    private final UserNames users;
    private final PodNames pods;
    private final Map<Long, Known> known = new HashMap<>();
    private final KernelFile.Space space = new KernelFile.Space();
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
        final KernelFile stat;
        final KernelFile status;
        Counter cpu = new Counter();
        @Nullable HostProcess process;
        @Nullable Reading<Optional<HostContainer>> container;
        long startTicks;
        long commandNanos;
        long nanos;

        Known(KernelFile stat, KernelFile status) {
            this.stat = stat;
            this.status = status;
        }

        /** Begins anew with another process of that number. */
        void begin(long ticks, long now) {
            startTicks = ticks;
            cpu = new Counter();
            container = null;
            process = null;
            nanos = now;
        }

        void close() {
            stat.close();
            status.close();
        }
    }

    /**
     * Returns the processes with these numbers, in that order. One that has ended, or that lives in
     * another space of numbers than this program (as a driver in a container may tell it), is left
     * out. Those that are not asked for are forgotten.
     */
    public Map<Long, ProcessDetails> details(Collection<Long> pids) {
        users.refresh();
        keepOnly(pids);
        Map<Long, ProcessDetails> found = new LinkedHashMap<>();
        for (long pid : pids) {
            Optional<ProcessTable.Stat> stat = stat(pid);
            if (stat.isPresent()) {
                found.put(pid, described(stat.get()));
                release(pid);
            }
        }
        return found;
    }

    /** Returns a process with that number; empty when it has ended. */
    public Optional<HostProcess> process(long pid) {
        Optional<HostProcess> found = stat(pid).map(stat -> process(kept(pid), stat));
        release(pid);
        return found;
    }

    /** Forgets all others. */
    public void keepOnly(Collection<Long> pids) {
        known.entrySet()
                .removeIf(one -> {
                    boolean forgotten = !pids.contains(one.getKey());
                    if (forgotten) {
                        one.getValue().close();
                    }
                    return forgotten;
                });
    }

    private Known kept(long pid) {
        return known.computeIfAbsent(
                pid,
                _ -> {
                    Path folder = table.folder(pid);
                    return new Known(
                            KernelFile.ofOnePiece(folder.resolve("stat"), space),
                            KernelFile.ofOnePiece(folder.resolve("status"), space));
                });
    }

    private void release(long pid) {
        Known one = known.get(pid);
        if (one != null && known.size() > MOST_OPEN) {
            one.close();
        }
    }

    private Optional<ProcessTable.Stat> stat(long pid) {
        Known kept = kept(pid);
        Reading<String> line = kept.stat.text();
        if (line instanceof Reading.Failed<String>) {
            // It ended: another one may have its number by now, under the same path.
            kept.status.close();
            line = kept.stat.text();
        }
        Optional<ProcessTable.Stat> stat = ProcessTable.Stat.parse(pid, line.orElse(""));
        if (stat.isEmpty()) {
            kept.close();
            known.remove(pid);
        } else if (kept.startTicks != stat.get().startTicks() || kept.process == null) {
            kept.begin(stat.get().startTicks(), clock.nanos());
        }
        return stat;
    }

    private HostProcess process(Known kept, ProcessTable.Stat stat) {
        HostProcess last = kept.process;
        long now = clock.nanos();
        if (last == null
                || !last.name().equals(stat.name())
                || now - kept.commandNanos >= COMMAND_NANOS) {
            kept.commandNanos = now;
            last =
                    new HostProcess(
                            stat.pid(), stat.parent(), stat.name(), table.command(stat.pid()));
        } else if (last.parent() != stat.parent()) {
            last = new HostProcess(stat.pid(), stat.parent(), stat.name(), last.command());
        }
        kept.process = last;
        return last;
    }

    private ProcessDetails described(ProcessTable.Stat stat) {
        long pid = stat.pid();
        long now = clock.nanos();
        Known kept = kept(pid);
        HostProcess process = process(kept, stat);
        Reading<Optional<HostContainer>> container = kept.container;
        if (container == null) {
            container = named(groups.container(pid));
            kept.container = container;
        }
        double seconds = (now - kept.nanos) / 1e9;
        kept.nanos = now;
        Reading<Double> cpu =
                kept.cpu.rate(stat.cpuTicks(), seconds, 100.0 / ProcessTable.TICKS_A_SECOND);
        Reading<String> lines = kept.status.text();
        return new ProcessDetails(
                process,
                user(lines, kept.status.path()),
                started(stat.startTicks()),
                cpu,
                ProcFile.kilobytes(lines, kept.status.path(), "VmRSS"),
                container);
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

    @Override
    public void close() {
        keepOnly(List.of());
    }
}
