package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.gpu.GpuPicture;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuReport;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.host.HostContainer;
import dev.stoker.host.HostMemory;
import dev.stoker.host.ProcessDetails;
import dev.stoker.machine.GpuUser;
import dev.stoker.machine.MachineSample;
import dev.stoker.rules.Alert;
import dev.stoker.rules.Thresholds;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.state.ModelCondition;
import dev.stoker.server.state.ModelState;
import dev.stoker.server.state.ServerState;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The GPUs of a machine for a person: one line a GPU, the processes below, and then in words what
 * is wrong. Made for one terminal; used by one thread.
 */
final class GpuText {
    private final Terminal terminal;
    private final Thresholds marks;

    GpuText(Terminal terminal, Thresholds marks) {
        this.terminal = terminal;
        this.marks = marks;
    }

    List<String> lines(MachineSample machine, List<GpuSample> shown, List<Alert> alerts) {
        List<String> lines = new ArrayList<>();
        if (shown.isEmpty()) {
            lines.addAll(withoutGpu(machine));
        } else {
            driver(machine.picture()).ifPresent(lines::add);
            lines.addAll(new GpuTable(terminal, marks).lines(shown, machine.memory()));
            lines.addAll(processes(machine, shown));
            if (shown.stream().anyMatch(gpu -> gpu.device().unifiedMemory())) {
                lines.add("");
                lines.addAll(host("host memory (the GPU's)", machine.memory()));
            }
        }
        lines.addAll(servers(machine.servers()));
        List<String> notes = new GpuNotes(terminal).lines(shown, alerts);
        if (!notes.isEmpty()) {
            lines.add("");
            lines.addAll(notes);
        }
        return lines;
    }

    private static Optional<String> driver(GpuPicture picture) {
        for (GpuPicture.Part part : picture.parts()) {
            GpuReport report = part.report();
            if (report.driver() instanceof Reading.Known<String>(String version)) {
                return Optional.of(
                        "driver "
                                + version
                                + (report.cuda() instanceof Reading.Known<String>(String cuda)
                                        ? ", CUDA up to " + cuda
                                        : ""));
            }
        }
        return Optional.empty();
    }

    private List<String> processes(MachineSample machine, List<GpuSample> shown) {
        Table table =
                new Table()
                        .right("GPU", 0)
                        .right("PID", 0)
                        .left("user", 3)
                        .right("memory", 0)
                        .right("SM", 1)
                        .left("container", 4)
                        .left("model or command", 0);
        int rows = 0;
        for (GpuSample gpu : shown) {
            for (GpuUser user : machine.users(gpu)) {
                GpuProcess use = user.use();
                table.row(
                        gpu.device().index()
                                + (use.gpuInstance().isPresent()
                                        ? ":" + use.gpuInstance().getAsInt()
                                        : ""),
                        Long.toString(use.pid()),
                        user.details() instanceof Reading.Known<ProcessDetails>(ProcessDetails d)
                                ? d.user().orElse("")
                                : "",
                        use.memory().map(Bytes::binary).orElse(Numbers.UNKNOWN),
                        GpuTable.percent(use.smPercent()),
                        container(user),
                        what(user));
                rows++;
            }
        }
        if (rows == 0) {
            return List.of();
        }
        List<String> lines = new ArrayList<>(List.of(""));
        for (String line : table.lines(10_000)) {
            lines.add(GpuTable.cut(line, terminal.columns()));
        }
        return lines;
    }

    static String container(GpuUser user) {
        return user.details() instanceof Reading.Known<ProcessDetails>(ProcessDetails d)
                ? d.container().orElse(Optional.empty()).map(GpuText::container).orElse("")
                : "";
    }

    private static String container(HostContainer c) {
        return Text.plain(c.engine() + ":" + (c.pod().isEmpty() ? c.shortId() : c.pod()), 60);
    }

    private static String what(GpuUser user) {
        String command =
                user.details() instanceof Reading.Known<ProcessDetails>(ProcessDetails d)
                        ? d.process().command().isEmpty()
                                ? d.process().name()
                                : d.process().command()
                        : "(not visible from here)";
        return user.model().isKnown() ? user.model().value() + "  " + command : command;
    }

    private List<String> servers(List<ServerState> servers) {
        if (servers.isEmpty()) {
            return List.of();
        }
        Table table = new Table().left("server", 0).left("", 0).left("", 0).left("models", 0);
        for (ServerState state : servers) {
            String kind = state.identity().map(ServerIdentity::title).orElse("");
            table.row(state.endpoint().url(), kind, state.health().code(), models(state.models()));
        }
        List<String> lines = new ArrayList<>(List.of(""));
        table.lines(10_000).forEach(line -> lines.add(GpuTable.cut(line, terminal.columns())));
        return lines;
    }

    private static String models(Reading<List<ModelState>> models) {
        if (!models.isKnown()) {
            return Numbers.UNKNOWN;
        }
        return String.join(
                ", ",
                models.value().stream()
                        .map(m ->
                                m.condition() instanceof ModelCondition.Loaded
                                        ? Text.plain(m.name(), 80)
                                        : Text.plain(m.name(), 80)
                                                + " ("
                                                + m.condition().code()
                                                + ")")
                        .toList());
    }

    private List<String> withoutGpu(MachineSample machine) {
        List<String> lines = new ArrayList<>();
        boolean trouble = !machine.picture().troubles().isEmpty();
        String why =
                machine.picture().parts().stream()
                        .flatMap(part -> part.report().trouble().stream())
                        .filter(t -> !t.isFault())
                        .map(GpuTrouble::sentence)
                        .findFirst()
                        .orElse("");
        lines.add(
                trouble
                        ? "No GPU can be looked at."
                        : "No GPU was found." + (why.isEmpty() ? "" : " " + why));
        lines.addAll(host("host memory", machine.memory()));
        return lines;
    }

    private static List<String> host(String title, HostMemory memory) {
        StringBuilder b = new StringBuilder(title).append("  ");
        if (!memory.total().isKnown()) {
            return List.of(b.append(Numbers.UNKNOWN).toString());
        }
        b.append(memory.available().map(Bytes::binary).orElse(Numbers.UNKNOWN))
                .append(" of ")
                .append(memory.total().value().binary())
                .append(" available, ")
                .append(memory.free().map(Bytes::binary).orElse(Numbers.UNKNOWN))
                .append(" free, ")
                .append(memory.pageCache().map(Bytes::binary).orElse(Numbers.UNKNOWN))
                .append(" page cache");
        if (memory.swapUsed().isKnown() && memory.swapUsed().value().count() > 0) {
            b.append(", ").append(memory.swapUsed().value().binary()).append(" swap used");
        }
        return List.of(b.toString());
    }
}
