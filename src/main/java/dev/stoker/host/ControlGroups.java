package dev.stoker.host;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Control groups, both versions: who keeps a process, how much memory its group is charged, and
 * which limits hold it. Thread-safe.
 *
 * <p>Source: the kernel's cgroup-v2 and cgroup-v1/memory documents; a limit of v1 above 2⁶² bytes
 * means none.
 */
final class ControlGroups {
    private static final long NO_LIMIT = 1L << 62;
    private static final Pattern CONTAINER =
            Pattern.compile(
                    "(?:(docker|libpod|libpod-payload|cri-containerd|crio|nerdctl)-)?([0-9a-f]{64})(?:\\.scope)?");
    private static final Pattern USER_MANAGER = Pattern.compile("user@([0-9]{1,10})\\.service");

    /** With the systemd driver the dashes of the identifier are underscores. */
    private static final Pattern POD =
            Pattern.compile(
                    "kubepods.*?[-/]pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\\.slice)?/");

    private final Path proc;
    private final Path mount;

    ControlGroups(Path proc, Path sys) {
        this.proc = proc;
        this.mount = sys.resolve("fs").resolve("cgroup");
    }

    Reading<Supervisor> supervisor(long pid) {
        return lines(pid).map(ControlGroups::supervisor);
    }

    /**
     * A container counts before a unit: a process of a container may still be listed below its
     * engine's unit.
     */
    private static Supervisor supervisor(List<Line> lines) {
        Supervisor best = new Supervisor.Nobody("/");
        for (Line line : lines) {
            Supervisor found = supervisor(line.path());
            if (found instanceof Supervisor.Container) {
                return found;
            }
            boolean better = !(found instanceof Supervisor.Nobody) || line.path().length() > 1;
            if (best instanceof Supervisor.Nobody(String path) && path.equals("/") && better) {
                best = found;
            }
        }
        return best;
    }

    /** Returns who keeps the processes of a group, by the group's path alone. */
    static Supervisor supervisor(String path) {
        String unit = "";
        long uid = -1;
        String before = "";
        for (String segment : path.split("/", -1)) {
            Matcher container = CONTAINER.matcher(segment);
            if (container.matches()) {
                String engine = engine(String.valueOf(container.group(1)), before, path);
                if (!(engine.equals("podman") && !unit.isEmpty())) {
                    return new Supervisor.Container(engine, container.group(2));
                }
            }
            Matcher manager = USER_MANAGER.matcher(segment);
            if (manager.matches()) {
                uid = Long.parseLong(manager.group(1));
                unit = "";
            } else if (segment.endsWith(".service")) {
                unit = segment;
            } else if (segment.endsWith(".scope")) {
                unit = "";
            }
            before = segment;
        }
        if (unit.isEmpty()) {
            return new Supervisor.Nobody(path);
        }
        return uid < 0 ? new Supervisor.SystemUnit(unit) : new Supervisor.UserUnit(unit, uid);
    }

    private static String engine(String prefix, String before, String path) {
        if (path.contains("kubepods")) {
            return "kubernetes";
        }
        return switch (prefix) {
            case "docker" -> "docker";
            case "libpod", "libpod-payload" -> "podman";
            case "cri-containerd", "nerdctl" -> "containerd";
            case "crio" -> "kubernetes";
            default ->
                    before.equals("docker")
                            ? "docker"
                            : before.startsWith("libpod") ? "podman" : "containerd";
        };
    }

    /** Returns the bytes charged to the group of a process, where it has one of its own. */
    Reading<Bytes> charged(long pid) {
        return switch (supervisor(pid)) {
            case Reading.Known<Supervisor>(Supervisor.Nobody n) ->
                    Reading.unsupported("the process runs in no container and no unit of its own");
            case Reading.Known<Supervisor> k ->
                    group(pid, "memory")
                            .map(g ->
                                    ProcFile.number(g.folder().resolve(g.usageFile()))
                                            .map(Bytes::of))
                            .orElse(
                                    Reading.unsupported(
                                            "the control group of the process can not be seen"));
            case Reading.Unsupported<Supervisor>(String reason) -> Reading.unsupported(reason);
            case Reading.Failed<Supervisor>(String reason) -> Reading.failed(reason);
        };
    }

    /**
     * What the limits of a process's groups leave.
     *
     * @param total the lowest limit
     * @param room the least that is left, counting file contents that can be dropped as room
     */
    record Limit(Bytes total, Bytes room) {}

    /** A group that has a limit of its own. */
    record MemoryLimit(Group group, Path folder, long limit) {}

    /**
     * Returns the tightest limit of a process's group and of all groups above it; empty where there
     * is none.
     */
    Optional<Limit> limit(long pid) {
        return limit(memoryLimits(pid));
    }

    /** Returns the limits of a process's group and of all groups above it. */
    List<MemoryLimit> memoryLimits(long pid) {
        List<MemoryLimit> limits = new ArrayList<>();
        Optional<Group> own = group(pid, "memory");
        Path top = own.map(Group::top).orElse(mount);
        Path folder = own.map(Group::folder).orElse(mount);
        while (own.isPresent() && folder.startsWith(top)) {
            OptionalLong limit =
                    ProcFile.number(
                            ProcFile.word(folder.resolve(own.get().limitFile())).orElse("max"));
            if (limit.isPresent() && limit.getAsLong() < NO_LIMIT) {
                limits.add(new MemoryLimit(own.get(), folder, limit.getAsLong()));
            }
            Path parent = folder.getParent();
            if (parent == null) {
                break;
            }
            folder = parent;
        }
        return limits;
    }

    /** Returns what these limits leave now. */
    static Optional<Limit> limit(List<MemoryLimit> limits) {
        Bytes total = Bytes.of(NO_LIMIT);
        Bytes room = total;
        for (MemoryLimit one : limits) {
            Path usage = one.folder().resolve(one.group().usageFile());
            Reading<Long> used = ProcFile.number(usage);
            if (used.isKnown()) {
                long droppable = one.group().droppable(one.folder());
                long left = one.limit() - Math.max(0, used.value() - droppable);
                total = total.min(Bytes.of(one.limit()));
                room = room.min(Bytes.of(Math.max(0, left)));
            }
        }
        return total.count() < NO_LIMIT ? Optional.of(new Limit(total, room)) : Optional.empty();
    }

    private Optional<Group> group(long pid, String controller) {
        List<Line> lines = lines(pid).orElse(List.of());
        Optional<Line> one =
                lines.stream()
                        .filter(line ->
                                List.of(line.controllers().split(",", -1)).contains(controller))
                        .findFirst();
        boolean first = one.isPresent();
        Path top = first ? mount.resolve(controller) : mount;
        return one.or(() -> lines.stream().filter(line -> line.controllers().isEmpty()).findFirst())
                .map(line -> top.resolve(line.path().substring(1)).normalize())
                .filter(folder -> folder.startsWith(top))
                .map(folder -> new Group(top, folder, first));
    }

    /**
     * What the limits of a process's groups leave of the processors' time.
     *
     * @param cpus processors' worth of time
     * @param file tells for how long tasks were held because that was used up
     * @param label of the line in that file
     * @param unit of that line, in seconds
     */
    record CpuLimit(double cpus, Path file, String label, double unit) {}

    /** Returns the tightest such limit of a process's group and of all groups above it. */
    Optional<CpuLimit> cpuLimit(long pid) {
        Optional<CpuLimit> tightest = Optional.empty();
        Optional<Group> own = group(pid, "cpu");
        Path folder = own.map(Group::folder).orElse(mount);
        while (own.isPresent() && folder != null && folder.startsWith(own.get().top())) {
            Optional<CpuLimit> here = own.get().cpuLimit(folder);
            if (here.isPresent()
                    && (tightest.isEmpty() || here.get().cpus() < tightest.get().cpus())) {
                tightest = here;
            }
            folder = folder.getParent();
        }
        return tightest;
    }

    /**
     * Returns the container that a process runs in.
     *
     * @return empty where it runs in none that the path of its group tells of
     */
    Reading<Optional<HostContainer>> container(long pid) {
        return lines(pid)
                .map(all ->
                        all.stream()
                                .flatMap(line -> containerOf(line.path()).stream())
                                .findFirst());
    }

    /** A container may also be kept by a unit (podman's), which is then its supervisor. */
    static Optional<HostContainer> containerOf(String path) {
        String before = "";
        for (String segment : path.split("/", -1)) {
            Matcher container = CONTAINER.matcher(segment);
            if (container.matches()) {
                String engine = engine(String.valueOf(container.group(1)), before, path);
                return Optional.of(new HostContainer(engine, container.group(2), podOf(path), ""));
            }
            before = segment;
        }
        return Optional.empty();
    }

    /** Returns the identifier of the Kubernetes pod that a path names, or an empty text. */
    static String podOf(String path) {
        Matcher pod = POD.matcher(path);
        return pod.find() ? pod.group(1).replace('_', '-') : "";
    }

    /**
     * Returns the groups of a process: the unified one first, then those of systemd and of memory.
     */
    private Reading<List<Line>> lines(long pid) {
        return ProcFile.text(proc.resolve(Long.toString(pid)).resolve("cgroup"))
                .map(text -> {
                    List<Line> lines = new ArrayList<>();
                    text.lines()
                            .forEach(line -> {
                                String[] parts = line.split(":", 3);
                                if (parts.length == 3
                                        && parts[2].startsWith("/")
                                        && parts[2].indexOf('\0') < 0) {
                                    lines.add(new Line(parts[1], parts[2]));
                                }
                            });
                    lines.sort((a, b) -> Integer.compare(a.rank(), b.rank()));
                    return lines;
                });
    }

    private record Line(String controllers, String path) {
        int rank() {
            return switch (controllers) {
                case "" -> 0;
                case "name=systemd" -> 1;
                case "memory" -> 2;
                default -> 3;
            };
        }
    }

    record Group(Path top, Path folder, boolean versionOne) {
        String usageFile() {
            return versionOne ? "memory.usage_in_bytes" : "memory.current";
        }

        String limitFile() {
            return versionOne ? "memory.limit_in_bytes" : "memory.max";
        }

        Optional<CpuLimit> cpuLimit(Path at) {
            Columns words =
                    Columns.of(
                            versionOne
                                    ? ProcFile.word(at.resolve("cpu.cfs_quota_us")).orElse("")
                                            + " "
                                            + ProcFile.word(at.resolve("cpu.cfs_period_us"))
                                                    .orElse("")
                                    : ProcFile.word(at.resolve("cpu.max")).orElse(""));
            long quota = words.number(); // "max" or -1 where there is none
            long period = words.number();
            return quota <= 0 || period <= 0
                    ? Optional.empty()
                    : Optional.of(
                            new CpuLimit(
                                    quota / (double) period,
                                    at.resolve("cpu.stat"),
                                    versionOne ? "throttled_time " : "throttled_usec ",
                                    versionOne ? 1e-9 : 1e-6));
        }

        long droppable(Path at) {
            String label = versionOne ? "total_inactive_file " : "inactive_file ";
            return ProcFile.text(at.resolve("memory.stat"))
                    .orElse("")
                    .lines()
                    .filter(line -> line.startsWith(label))
                    .mapToLong(line -> ProcFile.number(line.substring(label.length())).orElse(0))
                    .findFirst()
                    .orElse(0);
        }
    }
}
