package dev.stoker.tui.view;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.host.DiskUse;
import dev.stoker.host.HostMemory;
import dev.stoker.host.HostSample;
import dev.stoker.host.NetworkUse;
import dev.stoker.tui.screen.Area;
import dev.stoker.tui.screen.Bar;
import dev.stoker.tui.screen.CellWidth;
import dev.stoker.tui.screen.Role;
import dev.stoker.tui.screen.Style;

import java.util.ArrayList;
import java.util.List;

/** The host in one line: processors, memory, swap, pressure, disks, limits. Draws; one thread. */
final class HostLine {
    private static final double MUCH = 0.9;
    private static final double PRESSED = 0.1;

    private final Pencil pencil;

    HostLine(Pencil pencil) {
        this.pencil = pencil;
    }

    void draw(Area area, Scene scene) {
        if (scene.moment().isEmpty() || area.height() == 0) {
            return;
        }
        HostSample host = scene.moment().get().machine().host();
        HostMemory memory = host.memory();
        Figures f = pencil.figures();
        int bar = area.width() >= 140 ? 16 : area.width() >= 100 ? 10 : 6;
        int x = 1;
        if (host.cpu().busy().isKnown() || !memory.total().isKnown()) {
            x = area.put(x, 0, "cpu ", Role.FAINT);
            x = gauge(area, x, bar, host.cpu().busy(), Role.CPU);
            x = area.put(x, 0, pad(f.share(host.cpu().busy()), 4), Role.TEXT) + 2;
        }
        x = area.put(x, 0, "mem ", Role.FAINT);
        Reading<Bytes> used = GpuFigures.hostUsed(memory);
        Reading<Double> share = GpuFigures.share(used, memory.total());
        Reading<Double> cache = GpuFigures.share(memory.pageCache(), memory.total());
        if (share.isKnown()) {
            Bar.draw(
                    area,
                    pencil.glyphs(),
                    x,
                    0,
                    bar,
                    share.value(),
                    GpuCard.memoryRole(share),
                    cache.orElse(0.0),
                    Role.CACHE);
            x += bar + 1;
        }
        x = area.put(x, 0, f.gibOf(used, memory.total()) + " GiB", Role.TEXT);
        for (Cell.Words word : words(host)) {
            String text = word.text();
            if (x + 2 + CellWidth.of(text) > area.width()) {
                return;
            }
            x = area.put(x + 2, 0, text, word.style());
        }
    }

    private int gauge(Area area, int x, int cells, Reading<Double> share, Role role) {
        if (!share.isKnown()) {
            return x;
        }
        Bar.draw(area, pencil.glyphs(), x, 0, cells, share.value(), role);
        return x + cells + 1;
    }

    private static String pad(String text, int cells) {
        return " ".repeat(Math.max(0, cells - CellWidth.of(text))) + text;
    }

    /** What matters most comes first; what is unknown or nothing to speak of is left out. */
    private List<Cell.Words> words(HostSample host) {
        Figures f = pencil.figures();
        HostMemory memory = host.memory();
        List<Cell.Words> words = new ArrayList<>();
        if (memory.pageCache().isKnown()) {
            words.add(faint("cache " + f.gib(memory.pageCache())));
        }
        if (memory.swapUsed().isKnown() && memory.swapUsed().value().count() > 0) {
            words.add(
                    new Cell.Words(
                            "swap " + f.gib(memory.swapUsed()) + " GiB", Style.of(Role.WARNING)));
        }
        pressure(words, "mem", host.memoryPressure().some());
        pressure(words, "io", host.ioPressure().some());
        pressure(words, "cpu", host.cpuPressure().some());
        if (host.cpu().load1().isKnown()) {
            words.add(
                    faint(
                            "load "
                                    + Figures.three(host.cpu().load1().value())
                                    + (host.cpu().cores().isEmpty()
                                            ? ""
                                            : "/" + host.cpu().cores().size())));
        }
        double read = 0;
        boolean told = false;
        for (DiskUse disk : host.disks()) {
            told |= disk.read().isKnown();
            read = Math.max(read, disk.read().orElse(0.0));
        }
        if (told) {
            words.add(faint("disk read " + f.rate(Reading.known(read))));
        }
        if (host.limits().memory().isKnown()) {
            words.add(
                    faint(
                            "limit "
                                    + f.gib(host.limits().memory())
                                    + " GiB, left "
                                    + f.gib(host.limits().memoryRoom())));
        }
        if (host.limits().cpus().isKnown()) {
            words.add(faint("limit " + Figures.three(host.limits().cpus().value()) + " cpus"));
        }
        if (host.limits().throttled().orElse(0.0) > PRESSED) {
            words.add(
                    new Cell.Words(
                            "held by its cpu limit " + f.share(host.limits().throttled()),
                            Style.of(Role.WARNING)));
        }
        double received = 0;
        double sent = 0;
        boolean network = false;
        for (NetworkUse use : host.networks()) {
            network |= use.received().isKnown();
            received += use.received().orElse(0.0);
            sent += use.sent().orElse(0.0);
        }
        if (network) {
            words.add(
                    faint(
                            "net in "
                                    + f.rate(Reading.known(received))
                                    + " out "
                                    + f.rate(Reading.known(sent))));
        }
        return words;
    }

    private static Cell.Words faint(String text) {
        return new Cell.Words(text, Style.of(Role.FAINT));
    }

    /** Tasks that wait are worth a word as soon as it shows. */
    private static void pressure(List<Cell.Words> words, String what, Reading<Double> some) {
        double share = some.orElse(0.0);
        if (Math.round(share * 100) > 0) {
            words.add(
                    new Cell.Words(
                            "waiting for " + what + " " + Math.round(share * 100) + "%",
                            Style.of(
                                    share >= MUCH
                                            ? Role.BAD
                                            : share >= PRESSED ? Role.WARNING : Role.FAINT)));
        }
    }
}
