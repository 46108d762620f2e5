package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.Text;
import dev.stoker.cli.Terminal.Colour;
import dev.stoker.explain.account.Attribution;
import dev.stoker.explain.account.Attribution.Cause;
import dev.stoker.explain.account.Attribution.Parts;
import dev.stoker.explain.log.LogFacts;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** Explanations for a person: the verdict first, then its figures. Made for one terminal. */
final class ExplainText {
    private static final int BAR = 30;

    private final Terminal terminal;

    ExplainText(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Returns where the time of traffic went. */
    List<String> traffic(Attribution told) {
        List<String> lines = new ArrayList<>();
        verdict(lines, told.verdict());
        if (told.requests() > 0) {
            lines.add("");
            String version = Text.plain(told.around().version(), 60);
            lines.addAll(
                    wrapped(
                            "",
                            told.around().server().title()
                                    + (version.isEmpty() ? "" : " " + version)
                                    + ": "
                                    + told.requests()
                                    + (told.requests() == 1 ? " request, " : " requests, ")
                                    + seconds(told.totalMillis())
                                    + " in all; "
                                    + told.waited()
                                    + " waited for a load, "
                                    + told.failed()
                                    + " failed."));
            lines.add("");
            lines.addAll(parts(told.parts()));
        }
        models(lines, told);
        causes(lines, told.causes());
        next(lines, told.next());
        return lines;
    }

    void verdict(List<String> lines, String verdict) {
        lines.addAll(
                Paragraph.lines(
                        "", terminal.paint(Colour.STRONG, verdict), "", terminal.columns()));
    }

    /** Returns the shares as bars. */
    List<String> parts(Parts p) {
        List<String> lines = new ArrayList<>();
        part(lines, "connect", p.connect());
        part(lines, "queue", p.queue());
        part(lines, "load", p.load());
        if (p.load().orElse(0) > 0) {
            part(lines, "  evict", p.stages().evict());
            part(lines, "  read", p.stages().read());
            part(lines, "  initialise", p.stages().initialise());
        }
        part(lines, "prompt", p.prompt());
        part(lines, "decode", p.decode());
        part(lines, "prompt, decode", p.unsplit());
        part(lines, "client", p.client());
        part(lines, "other", p.other());
        return lines;
    }

    private void part(List<String> lines, String name, OptionalDouble share) {
        if (share.isEmpty()) {
            return;
        }
        double value = Math.clamp(share.getAsDouble(), 0.0, 1.0);
        int full = (int) Math.round(value * BAR);
        lines.add(
                String.format(
                                Locale.ROOT,
                                "  %-14s %5.1f %%  %s",
                                name,
                                100 * value,
                                terminal.paint(Colour.STRONG, "█".repeat(full)))
                        .stripTrailing());
    }

    private void models(List<String> lines, Attribution told) {
        if (told.models().isEmpty()) {
            return;
        }
        Table table =
                new Table()
                        .left("model", 0)
                        .right("loads", 0)
                        .right("again", 1)
                        .right("a load", 2)
                        .right("waited", 0)
                        .right("memory", 3)
                        .left("loaded again because", 4);
        for (Attribution.Model m : told.models()) {
            table.row(
                    m.name(),
                    Long.toString(m.loads()),
                    Long.toString(m.again()),
                    m.loadSeconds() > 0 ? seconds(1000 * m.loadSeconds()) : Numbers.UNKNOWN,
                    seconds(m.waitedMillis()),
                    m.bytes() > 0 ? Bytes.of(m.bytes()).binary() : Numbers.UNKNOWN,
                    m.mainWhy());
        }
        lines.add("");
        lines.addAll(table.lines(terminal.columns()));
        for (Attribution.Eviction e : told.evictions()) {
            lines.addAll(
                    wrapped(
                            "  ",
                            e.by()
                                    + " took the place of "
                                    + e.victim()
                                    + (e.times() == 1 ? " once" : " " + e.times() + " times")
                                    + e.requested()
                                    + "."));
        }
    }

    void causes(List<String> lines, List<Cause> causes) {
        if (causes.isEmpty()) {
            return;
        }
        lines.add("");
        for (Cause cause : causes) {
            String share =
                    cause.share().isEmpty()
                            ? ""
                            : String.format(
                                    Locale.ROOT, "%.1f %%, ", 100 * cause.share().getAsDouble());
            lines.addAll(
                    Paragraph.lines(
                            "  ",
                            terminal.paint(Colour.WARNING, cause.code())
                                    + ": "
                                    + share
                                    + cause.evidence(),
                            "    ",
                            terminal.columns()));
        }
    }

    void next(List<String> lines, List<String> next) {
        if (next.isEmpty()) {
            return;
        }
        lines.add("");
        next.forEach(step -> lines.addAll(wrapped("→ ", step)));
    }

    /** Returns what was read, and what of it could not be. */
    List<String> read(LogFacts facts, String source) {
        String text =
                "Read "
                        + Bytes.of(facts.bytes()).binary()
                        + ", "
                        + facts.lines()
                        + " lines, of "
                        + Text.plain(source, 200)
                        + (facts.unknown() > 0
                                ? "; " + facts.unknown() + " lines of no known form were left out"
                                : "")
                        + (facts.cut() > 0 ? "; " + facts.cut() + " lines were too long" : "")
                        + (facts.rotations() > 0
                                ? "; it was rotated meanwhile (" + facts.rotations() + ")"
                                : "")
                        + ".";
        return wrapped("", terminal.paint(Colour.FAINT, text));
    }

    List<String> wrapped(String first, String text) {
        return Paragraph.lines(first, text, " ".repeat(first.length()), terminal.columns());
    }

    static String seconds(double millis) {
        double seconds = millis / 1000;
        if (seconds < 1) {
            return String.format(Locale.ROOT, "%.0f ms", millis);
        }
        if (seconds < 120) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        return seconds < 7200
                ? String.format(Locale.ROOT, "%.1f min", seconds / 60)
                : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
    }
}
