package dev.stoker.cli;

import dev.stoker.alert.Severity;
import dev.stoker.base.Reading;
import dev.stoker.cli.Terminal.Colour;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.http.Endpoint;
import dev.stoker.machine.LaunchSettings;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.state.Health;
import dev.stoker.server.state.ServerState;
import dev.stoker.watch.MemoryBudget;
import dev.stoker.watch.ModelView;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The status of a machine for a person: servers, models, devices with their memory, settings, and
 * below what is wrong. Made for one terminal; used by one thread.
 */
final class StatusText {
    private final Terminal terminal;

    StatusText(Terminal terminal) {
        this.terminal = terminal;
    }

    List<String> lines(MachineStatus status) {
        List<String> lines = new ArrayList<>(servers(status));
        part(lines, models(status));
        part(lines, devices(status));
        part(lines, settings(status));
        part(lines, Alerts.lines(status.alerts(), terminal));
        return lines;
    }

    private static void part(List<String> lines, List<String> more) {
        if (!more.isEmpty()) {
            lines.add("");
            lines.addAll(more);
        }
    }

    private List<String> servers(MachineStatus status) {
        List<ServerState> servers = status.servers();
        List<String> lines = new ArrayList<>();
        if (servers.isEmpty()) {
            lines.addAll(
                    Paragraph.lines(
                            "",
                            "No model server was found; looked at "
                                    + String.join(
                                            ", ",
                                            status.addresses().stream().map(Endpoint::url).toList())
                                    + ". Name one with --server URL.",
                            "",
                            terminal.columns()));
        } else {
            Table table =
                    new Table()
                            .left("server", 0)
                            .left("at", 0)
                            .left("health", 0)
                            .right("answer", 1)
                            .right("runs", 2)
                            .right("waits", 3);
            for (ServerState server : servers) {
                table.row(
                        title(server),
                        server.endpoint().url(),
                        health(server),
                        server.answerTime().map(StatusText::millis).orElse(Numbers.UNKNOWN),
                        count(server.work().running()),
                        count(server.work().waiting()));
            }
            lines.addAll(table.lines(terminal.columns()));
        }
        for (Endpoint stranger : status.strangers()) {
            lines.add(
                    terminal.paint(
                            Colour.FAINT,
                            "No model server, but something else, answers at "
                                    + stranger.url()
                                    + "."));
        }
        return lines;
    }

    private static String title(ServerState server) {
        return server.identity() instanceof Reading.Known<ServerIdentity>(ServerIdentity id)
                ? id.title()
                        + id.simulated().map(box -> " (simulated " + box.box() + ")").orElse("")
                : Numbers.UNKNOWN;
    }

    private String health(ServerState server) {
        return terminal.paint(
                switch (server.health()) {
                    case Health.Up _ -> Colour.GOOD;
                    case Health.Loading _, Health.Unknown _ -> Colour.WARNING;
                    case Health.Down _ -> Colour.BAD;
                },
                server.health().code());
    }

    private static String millis(Duration time) {
        double millis = time.toNanos() / 1e6;
        return String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%.0f ms", millis);
    }

    private static String count(Reading<Long> reading) {
        return reading.map(n -> Long.toString(n)).orElse(Numbers.UNKNOWN);
    }

    private List<String> models(MachineStatus status) {
        if (status.now().models().isEmpty()) {
            boolean known =
                    !status.servers().isEmpty()
                            && status.servers().stream().allMatch(s -> s.models().isKnown());
            return known ? List.of("No model is in memory.") : List.of();
        }
        boolean several = status.servers().size() > 1;
        Table table =
                new Table()
                        .left("model", 0)
                        .left("", 6)
                        .left("state", 0)
                        .right("memory", 0)
                        .left("on", 0)
                        .right("context", 2)
                        .right("slots", 1)
                        .right("tok/s", 4)
                        .left("expires", 0);
        for (ModelView model : status.now().models()) {
            StatusModel shown = new StatusModel(model, status.now().machine().time());
            table.row(
                    shown.name(),
                    several ? model.server().hostHeader() : "",
                    model.state().condition().code(),
                    shown.memory(),
                    shown.place(),
                    count(model.state().contextLength()),
                    shown.slots(),
                    shown.speed(),
                    shown.expires());
        }
        return table.lines(terminal.columns());
    }

    private List<String> devices(MachineStatus status) {
        Table table =
                new Table()
                        .left("device", 0)
                        .right("util", 0)
                        .right("°C", 0)
                        .right("W", 4)
                        .right("total GiB", 0)
                        .right("models", 0)
                        .right("others", 0)
                        .right("cache", 3)
                        .right("free", 0);
        List<GpuSample> gpus = status.now().machine().gpus();
        boolean unified = false;
        for (GpuSample gpu : gpus) {
            unified |= gpu.device().unifiedMemory();
            List<String> cells = new ArrayList<>(figures(gpu, status));
            cells.addAll(
                    status.budget().gpus().stream()
                            .filter(part -> part.gpu().equals(gpu))
                            .findFirst()
                            .map(part -> memory(part.part(), false, ofMemory(part, status)))
                            .orElse(List.of("", "", "", "", "")));
            table.row(cells.toArray(String[]::new));
        }
        boolean remote = status.servers().stream().anyMatch(s -> !s.endpoint().isLoopback());
        String title = remote ? "memory of this host" : "host memory";
        List<String> host =
                new ArrayList<>(List.of(unified ? title + " (the GPU's)" : title, "", "", ""));
        host.addAll(memory(status.budget().host(), true, ofHost(status)));
        table.row(host.toArray(String[]::new));
        List<String> lines = new ArrayList<>(table.lines(terminal.columns()));
        if (gpus.isEmpty() && status.now().machine().picture().troubles().isEmpty()) {
            lines.add(terminal.paint(Colour.FAINT, "No GPU was found."));
        }
        return lines;
    }

    private List<String> figures(GpuSample gpu, MachineStatus status) {
        String title = new GpuTable(terminal, status.thresholds()).title(gpu);
        if (gpu.trouble().isPresent()) {
            GpuTrouble.Kind kind = gpu.trouble().get().kind();
            Colour colour = gpu.trouble().get().isFault() ? Colour.BAD : Colour.FAINT;
            return List.of(title, terminal.paint(colour, kind.code().replace('_', ' ')), "", "");
        }
        Reading<Double> heat = gpu.value(GpuMetric.TEMPERATURE);
        String degrees = heat.map(t -> Long.toString(Math.round(t))).orElse(Numbers.UNKNOWN);
        return List.of(
                title,
                GpuTable.percent(gpu.value(GpuMetric.UTILISATION)),
                paint(status.thresholds().ofTemperature(gpu), degrees),
                GpuTable.power(gpu));
    }

    private static Optional<Severity> ofMemory(MemoryBudget.OfGpu part, MachineStatus status) {
        return share(part.part()).flatMap(status.thresholds()::ofGpuMemory);
    }

    private static Optional<Severity> ofHost(MachineStatus status) {
        MemoryBudget.Part host = status.budget().host();
        return host.total().isKnown() && host.free().isKnown() && host.reclaimable().isKnown()
                ? status.thresholds()
                        .ofHostMemory(
                                1
                                        - host.free()
                                                        .value()
                                                        .plus(host.reclaimable().value())
                                                        .count()
                                                / (double) host.total().value().count())
                : Optional.empty();
    }

    private static Optional<Double> share(MemoryBudget.Part part) {
        return part.total().isKnown() && part.free().isKnown() && part.total().value().count() > 0
                ? Optional.of(
                        1 - part.free().value().count() / (double) part.total().value().count())
                : Optional.empty();
    }

    private List<String> memory(
            MemoryBudget.Part part, boolean files, Optional<Severity> severity) {
        return List.of(
                Numbers.gib(part.total()),
                (part.reckoned() ? "~" : "") + Numbers.gib(part.models()),
                Numbers.gib(part.others()),
                files ? Numbers.gib(part.reclaimable()) : "",
                paint(severity, Numbers.gib(part.free())));
    }

    private String paint(Optional<Severity> severity, String text) {
        return severity.map(s -> terminal.paint(Alerts.colour(s), text)).orElse(text);
    }

    private List<String> settings(MachineStatus status) {
        List<String> lines = new ArrayList<>();
        for (ServerState server : status.servers()) {
            if (server.health() instanceof Health.Down) {
                continue;
            }
            String before =
                    status.servers().size() > 1
                            ? server.endpoint().hostHeader() + ": "
                            : "settings: ";
            lines.addAll(
                    Paragraph.lines(before, settings(status, server), "  ", terminal.columns()));
        }
        return lines;
    }

    private String settings(MachineStatus status, ServerState server) {
        List<String> words = new ArrayList<>();
        Reading<Long> slots = server.settings().slots();
        if (slots.isKnown()) {
            words.add(slots.value() + (slots.value() == 1 ? " slot" : " slots"));
        }
        if (!(status.settings(server)
                instanceof Reading.Known<LaunchSettings>(LaunchSettings known))) {
            words.add(
                    terminal.paint(Colour.FAINT, "not known: " + status.settings(server).reason()));
            return String.join("; ", words);
        }
        List<String> without = new ArrayList<>();
        for (LaunchSettings.Setting setting : known.settings()) {
            if (setting.isSet()) {
                words.add(
                        setting.name()
                                + (setting.name().startsWith("-") ? " " : "=")
                                + setting.value());
            } else {
                without.add(setting.name() + " (" + setting.value() + ")");
            }
        }
        String set = words.isEmpty() ? "none set" : String.join(", ", words);
        return without.isEmpty() ? set : set + "; without: " + String.join(", ", without);
    }
}
