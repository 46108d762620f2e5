package dev.stoker.tui.view;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuSample;
import dev.stoker.host.HostContainer;
import dev.stoker.host.ProcessDetails;
import dev.stoker.machine.GpuUser;
import dev.stoker.machine.MachineSample;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A process with all GPUs that it uses.
 *
 * @param pid its number
 * @param uses what it does on each GPU; empty for one that computes without
 * @param details what the kernel tells
 * @param model the model that it computes
 * @param depth how many of the rows above it descends from, in a tree
 */
record ProcessRow(
        long pid,
        List<GpuUser> uses,
        Reading<ProcessDetails> details,
        Reading<String> model,
        int depth) {

    static List<ProcessRow> of(MachineSample machine) {
        Map<Long, List<GpuUser>> byPid = new LinkedHashMap<>();
        for (GpuSample gpu : machine.gpus()) {
            for (GpuUser user : machine.users(gpu)) {
                byPid.computeIfAbsent(user.use().pid(), _ -> new ArrayList<>()).add(user);
            }
        }
        List<ProcessRow> rows = new ArrayList<>();
        byPid.forEach((pid, uses) ->
                rows.add(
                        new ProcessRow(
                                pid,
                                List.copyOf(uses),
                                uses.getFirst().details(),
                                uses.getFirst().model(),
                                0)));
        for (Long pid : new TreeSet<>(machine.processes().keySet())) {
            ProcessDetails details = machine.processes().get(pid);
            if (!byPid.containsKey(pid) && details != null) {
                String model = machine.models().get(pid);
                rows.add(
                        new ProcessRow(
                                pid,
                                List.of(),
                                Reading.known(details),
                                model == null
                                        ? Reading.unsupported("no server says that it is its")
                                        : Reading.known(model),
                                0));
            }
        }
        return rows;
    }

    /** Puts each row below the one that it descends from, if that is there too. */
    static List<ProcessRow> tree(List<ProcessRow> rows) {
        Map<Long, List<ProcessRow>> children = new LinkedHashMap<>();
        Set<Long> there = new HashSet<>();
        rows.forEach(row -> there.add(row.pid()));
        for (ProcessRow row : rows) {
            long parent = row.details().map(d -> d.process().parent()).orElse(0L);
            long above = there.contains(parent) && parent != row.pid() ? parent : 0L;
            children.computeIfAbsent(above, _ -> new ArrayList<>()).add(row);
        }
        List<ProcessRow> tree = new ArrayList<>();
        descend(0, 0, children, tree);
        children.values().forEach(left -> left.forEach(tree::add)); // A ring has no beginning.
        return tree;
    }

    private static void descend(
            long parent, int depth, Map<Long, List<ProcessRow>> children, List<ProcessRow> tree) {
        List<ProcessRow> below = children.remove(parent);
        if (below == null) {
            return;
        }
        for (ProcessRow row : below) {
            tree.add(new ProcessRow(row.pid(), row.uses(), row.details(), row.model(), depth));
            descend(row.pid(), depth + 1, children, tree);
        }
    }

    String gpus() {
        List<String> numbers = new ArrayList<>();
        for (GpuUser user : uses) {
            GpuProcess use = user.use();
            numbers.add(
                    user.gpu().device().index()
                            + (use.gpuInstance().isPresent()
                                    ? ":" + use.gpuInstance().getAsInt()
                                    : ""));
        }
        return String.join(",", numbers);
    }

    /** What it holds of all GPUs' memories; unknown as soon as one part is. */
    Reading<Bytes> gpuMemory() {
        if (uses.isEmpty()) {
            return Reading.unsupported("it uses no GPU");
        }
        long sum = 0;
        for (GpuUser user : uses) {
            if (!user.use().memory().isKnown()) {
                return user.use().memory();
            }
            sum += user.use().memory().value().count();
        }
        return Reading.known(Bytes.of(sum));
    }

    /** Its share of the shaders' time, on the GPU where that is largest. */
    Reading<Double> smPercent() {
        return uses.stream()
                .map(user -> user.use().smPercent())
                .max(Comparator.comparingDouble(r -> r.orElse(-1.0)))
                .orElse(Reading.unsupported("it uses no GPU"));
    }

    Reading<Double> cpuPercent() {
        return details instanceof Reading.Known<ProcessDetails>(ProcessDetails d)
                ? d.cpuPercent()
                : details.map(_ -> 0.0);
    }

    Reading<Bytes> resident() {
        return details instanceof Reading.Known<ProcessDetails>(ProcessDetails d)
                ? d.resident()
                : details.map(_ -> Bytes.ZERO);
    }

    String user() {
        return details.map(d -> d.user().orElse("")).orElse("");
    }

    String container() {
        return details.map(d -> d.container().orElse(Optional.empty()))
                .orElse(Optional.empty())
                .map(ProcessRow::container)
                .orElse("");
    }

    private static String container(HostContainer c) {
        return Text.plain(c.engine() + ":" + (c.pod().isEmpty() ? c.shortId() : c.pod()), 60);
    }

    /** Returns its command line, or its program alone. */
    String command(boolean full) {
        if (!details.isKnown()) {
            return "(not visible from here)";
        }
        String command = details.value().process().command();
        if (command.isEmpty()) {
            return Text.plain(details.value().process().name());
        }
        if (full) {
            return Text.plain(command);
        }
        int space = command.indexOf(' ');
        String program = space < 0 ? command : command.substring(0, space);
        return Text.plain(
                program.substring(program.lastIndexOf('/') + 1)
                        + (space < 0 ? "" : command.substring(space)));
    }
}
