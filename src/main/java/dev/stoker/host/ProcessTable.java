package dev.stoker.host;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The processes of the host, read anew at each call. A process may end between two reads: it is
 * then left out. Names and command lines are cleaned, since any program can choose its own.
 * Thread-safe.
 *
 * <p>Source: proc_pid_stat(5), proc_pid_cmdline(5), proc_pid_status(5), proc_pid_smaps(5).
 */
final class ProcessTable {
    private static final int LONGEST_NAME = 64;

    /** Fields 14 and 15 of stat, counted from behind the name. */
    private static final int USER_TICKS = 11;

    private static final int SYSTEM_TICKS = 12;

    private static final int START_TICKS = 19;

    /** How long a machine may have run at most: a thousand years. */
    private static final long MOST_TICKS = 100L * 86_400 * 366 * 1000;

    /** The kernel tells times to programs in hundredths of a second, whatever it counts in. */
    static final int TICKS_A_SECOND = 100;

    static final Duration TICK = Duration.ofMillis(10);

    /** Options such as {@code --api-key K} and variables such as {@code HF_TOKEN=K}. */
    private static final class Secret {
        static final Pattern PATTERN =
                Pattern.compile(
                        "(?i)([-_a-z0-9]*(?:api[-_]?key|token|password|passwd|secret))(=.*)?",
                        Pattern.DOTALL);

        private Secret() {}
    }

    private final Path proc;

    ProcessTable(Path proc) {
        this.proc = proc;
    }

    Path folder(long pid) {
        return proc.resolve(Long.toString(pid));
    }

    /** Returns the numbers of all processes that can be seen, in ascending order. */
    List<Long> pids() {
        List<Long> pids = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path entry : entries) {
                ProcFile.number(String.valueOf(entry.getFileName())).ifPresent(pids::add);
            }
        } catch (IOException | DirectoryIteratorException e) {
            return List.of();
        }
        pids.sort(Comparator.naturalOrder());
        return pids;
    }

    Optional<HostProcess> process(long pid) {
        return stat(pid).map(this::described);
    }

    /** Returns the arguments of a process as they are; nothing where they may not be read. */
    List<String> arguments(long pid) {
        String line = ProcFile.text(folder(pid).resolve("cmdline")).orElse("");
        String arguments = line.endsWith("\0") ? line.substring(0, line.length() - 1) : line;
        return arguments.isEmpty() ? List.of() : List.of(arguments.split("\0", -1));
    }

    /**
     * Returns a process and all its descendants, the process itself first; nothing when it is gone.
     */
    List<HostProcess> tree(long root) {
        Optional<Stat> first = stat(root);
        if (first.isEmpty()) {
            return List.of();
        }
        Map<Long, List<Stat>> children = new HashMap<>();
        for (long pid : pids()) {
            stat(pid)
                    .ifPresent(s ->
                            children.computeIfAbsent(s.parent(), p -> new ArrayList<>()).add(s));
        }
        List<HostProcess> tree = new ArrayList<>();
        Set<Long> seen = new HashSet<>();
        Deque<Stat> open = new ArrayDeque<>(List.of(first.get()));
        while (!open.isEmpty()) {
            Stat next = open.removeFirst();
            if (seen.add(next.pid())) {
                tree.add(described(next));
                open.addAll(children.getOrDefault(next.pid(), List.of()));
            }
        }
        return tree;
    }

    /** Returns the living processes whose parent is this one. */
    List<HostProcess> children(long parent) {
        return listedChildren(parent).orElseGet(this::pids).stream()
                .flatMap(pid -> stat(pid).stream())
                .filter(s -> s.parent() == parent)
                .map(this::described)
                .toList();
    }

    /** The kernel's own lists, one a thread; many kernels are built without them. */
    private Optional<List<Long>> listedChildren(long parent) {
        List<Long> pids = new ArrayList<>();
        try (DirectoryStream<Path> tasks =
                Files.newDirectoryStream(folder(parent).resolve("task"))) {
            for (Path task : tasks) {
                Reading<String> list = ProcFile.text(task.resolve("children"));
                if (!list.isKnown()) {
                    return Optional.empty();
                }
                for (String word : list.value().strip().split("\\s+", -1)) {
                    ProcFile.number(word).ifPresent(pids::add);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return Optional.empty();
        }
        return Optional.of(pids);
    }

    /** Returns when a process began, in ticks since the host's start; empty when it has ended. */
    OptionalLong startMark(long pid) {
        String line = ProcFile.text(folder(pid).resolve("stat")).orElse("");
        int close = line.lastIndexOf(')');
        if (close < 0) {
            return OptionalLong.empty();
        }
        Columns columns = new Columns(line, close + 1, line.length());
        if (hasEnded(columns.word())) {
            return OptionalLong.empty();
        }
        columns.skip(START_TICKS - 1);
        long start = columns.number();
        return start < 0 ? OptionalLong.empty() : OptionalLong.of(start);
    }

    private static boolean hasEnded(String state) {
        return state.equals("Z") || state.equals("X");
    }

    /**
     * Returns the resident set size; empty for a kernel thread and for a process that has ended.
     */
    Optional<Bytes> resident(long pid) {
        Path file = folder(pid).resolve("status");
        Reading<Bytes> size = ProcFile.kilobytes(ProcFile.text(file), file, "VmRSS");
        return size.isKnown() ? Optional.of(size.value()) : Optional.empty();
    }

    /** Returns the proportional set size, where the kernel tells it to this user. */
    Reading<Bytes> proportional(long pid) {
        Path file = folder(pid).resolve("smaps_rollup");
        return ProcFile.kilobytes(ProcFile.text(file), file, "Pss");
    }

    /** Returns the CPU time of a process with all its threads; empty when it has ended. */
    Optional<Duration> cpuTime(long pid) {
        String line = ProcFile.text(folder(pid).resolve("stat")).orElse("");
        String[] rest = line.substring(line.lastIndexOf(')') + 1).strip().split("\\s+", -1);
        if (rest.length <= SYSTEM_TICKS) {
            return Optional.empty();
        }
        OptionalLong user = ProcFile.number(rest[USER_TICKS]);
        OptionalLong system = ProcFile.number(rest[SYSTEM_TICKS]);
        return user.isEmpty() || system.isEmpty()
                ? Optional.empty()
                : Optional.of(TICK.multipliedBy(user.getAsLong() + system.getAsLong()));
    }

    /** Returns the processes with the largest resident set size, largest first. */
    List<MemoryUser> largest(int count) {
        record Size(long pid, Bytes resident) {}
        List<Size> sizes = new ArrayList<>();
        for (long pid : pids()) {
            resident(pid).ifPresent(bytes -> sizes.add(new Size(pid, bytes)));
        }
        sizes.sort(Comparator.comparing(Size::resident).reversed());
        List<MemoryUser> users = new ArrayList<>();
        for (Size size : sizes) {
            if (users.size() >= count) {
                break;
            }
            process(size.pid()).ifPresent(p -> users.add(new MemoryUser(p, size.resident())));
        }
        return users;
    }

    /** Returns the user that this program runs as, where the kernel tells. */
    OptionalLong ownUser() {
        return user(proc.resolve("self"));
    }

    /**
     * Returns the processes of a user whose parents are not that user's: the roots of the user's
     * families.
     */
    List<HostProcess> families(long uid) {
        Set<Long> own = new HashSet<>();
        for (long pid : pids()) {
            if (user(folder(pid)).orElse(-1) == uid) {
                own.add(pid);
            }
        }
        List<HostProcess> roots = new ArrayList<>();
        for (long pid : own) {
            process(pid).filter(p -> !own.contains(p.parent())).ifPresent(roots::add);
        }
        return roots;
    }

    private static OptionalLong user(Path process) {
        return ProcFile.text(process.resolve("status"))
                .orElse("")
                .lines()
                .filter(line -> line.startsWith("Uid:"))
                .map(line -> ProcFile.number(line.substring(4).strip().split("\\s+", -1)[0]))
                .findFirst()
                .orElse(OptionalLong.empty());
    }

    private Optional<Stat> stat(long pid) {
        return Stat.parse(pid, ProcFile.text(folder(pid).resolve("stat")).orElse(""));
    }

    private HostProcess described(Stat stat) {
        return new HostProcess(stat.pid(), stat.parent(), stat.name(), command(stat.pid()));
    }

    /** Returns the command line, fit to be shown; empty where it may not be read. */
    String command(long pid) {
        return Text.plain(String.join(" ", withoutSecrets(arguments(pid))));
    }

    /** A command line is shown and recorded: keys that were given on it are left out. */
    private static List<String> withoutSecrets(List<String> arguments) {
        List<String> shown = new ArrayList<>();
        boolean next = false;
        for (String argument : arguments) {
            Matcher secret = Secret.PATTERN.matcher(argument);
            if (secret.matches()) {
                shown.add(secret.group(2) == null ? argument : secret.group(1) + "=…");
                next = secret.group(2) == null;
            } else {
                shown.add(next && !argument.startsWith("-") ? "…" : argument);
                next = next && argument.startsWith("-");
            }
        }
        return shown;
    }

    /**
     * What the kernel tells of a process in one line. Times are in hundredths of a second.
     *
     * @param cpuTicks that it has taken so far, with all its threads; negative where unknown
     * @param startTicks when it began, since the machine was started; negative where unknown
     */
    record Stat(long pid, long parent, String name, long cpuTicks, long startTicks) {

        /**
         * Reads the line; empty when the process has ended, also where only its parent has not
         * asked for it yet.
         */
        static Optional<Stat> parse(long pid, String line) {
            int open = line.indexOf('(');
            int close = line.lastIndexOf(')');
            if (open < 0 || close < open) {
                return Optional.empty();
            }
            Columns columns = new Columns(line, close + 1, line.length());
            boolean ended = hasEnded(columns.word());
            long parent = columns.number();
            if (ended || parent < 0) {
                return Optional.empty();
            }
            columns.skip(USER_TICKS - 2);
            long user = columns.number();
            long system = columns.number();
            columns.skip(START_TICKS - SYSTEM_TICKS - 1);
            long start = columns.number();
            boolean known = user >= 0 && system >= 0 && user < MOST_TICKS && system < MOST_TICKS;
            return Optional.of(
                    new Stat(
                            pid,
                            parent,
                            Text.plain(line.substring(open + 1, close), LONGEST_NAME),
                            known ? user + system : -1,
                            start < MOST_TICKS ? start : -1));
        }
    }
}
