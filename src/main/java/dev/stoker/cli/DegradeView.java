package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.degrade.DegradeReport;
import dev.stoker.degrade.Earlier;
import dev.stoker.degrade.Hypothesis;
import dev.stoker.degrade.Measured;
import dev.stoker.degrade.Sign;
import dev.stoker.degrade.Verdict;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Shows what a run of {@code degrade} says, on a terminal. Stateless. */
final class DegradeView {
    private final Terminal terminal;

    DegradeView(Terminal terminal) {
        this.terminal = terminal;
    }

    void print(PrintWriter out, DegradeReport report) {
        String simulated =
                report.header().box().isEmpty() ? "" : "SIMULATED (" + report.header().box() + ") ";
        out.println(
                simulated
                        + ModelName.shown(report.header().model())
                        + " on "
                        + Text.plain(report.header().serverTitle())
                        + (report.complete() ? "" : ", not complete"));
        out.println();
        table(report.measured()).lines(terminal.columns()).forEach(out::println);
        out.println();
        Verdict verdict = report.judgement().verdict();
        out.println(
                terminal.paint(
                        verdict instanceof Verdict.Healthy
                                ? Terminal.Colour.GOOD
                                : Terminal.Colour.WARNING,
                        capital(verdict.sentence()) + "."));
        if (verdict instanceof Verdict.Degraded) {
            out.println(
                    "Decode rate "
                            + Numbers.figure(report.before())
                            + " → "
                            + Numbers.figure(report.last())
                            + " tok/s in the last cycle."
                            + promptDrop(report));
        }
        hypotheses(out, report);
        remedies(out, report);
        if (!report.advice().isEmpty()) {
            out.println("Next: " + report.advice());
        }
    }

    static String slowAlready(DegradeReport report, Earlier earlier) {
        return "It began at "
                + Numbers.figure(report.before())
                + " tok/s, and run "
                + earlier.run()
                + " at "
                + Numbers.figure(earlier.tokensPerSecond())
                + ": it may have been slow already, which more reloads can't show.";
    }

    private static String promptDrop(DegradeReport report) {
        Reading<Verdict.Drop> prompt = report.judgement().prompt();
        return prompt.isKnown()
                ? String.format(Locale.ROOT, " Prompt rate −%.0f %%.", prompt.value().percent())
                : "";
    }

    private static Table table(List<Measured> measured) {
        Table table =
                new Table()
                        .left("", 0)
                        .right("tok/s", 0)
                        .right("prompt", 2)
                        .right("load s", 4)
                        .right("layers", 3)
                        .right("GPU GiB", 5)
                        .right("free GiB", 3)
                        .right("avail GiB", 6)
                        .right("blocks %", 6)
                        .right("MHz", 3)
                        .right("°C", 7)
                        .right("W", 8);
        for (Measured m : measured) {
            table.row(
                    m.load() == 0
                            ? "before " + m.position()
                            : m.isControl() ? "  control" : "reload " + m.load(),
                    Numbers.figure(m.decode()),
                    figure(m.prompt(), 1),
                    figure(m.loadSeconds(), 1),
                    whole(m, Sign.LAYERS_ON_GPU, 1),
                    gib(m, Sign.SIZE_VRAM_BYTES),
                    gib(m, Sign.MEM_FREE_BYTES),
                    gib(m, Sign.MEM_AVAILABLE_BYTES),
                    whole(m, Sign.LARGE_BLOCKS_SHARE, 100),
                    whole(m, Sign.CLOCK_HERTZ, 1e-6),
                    whole(m, Sign.TEMPERATURE_CELSIUS, 1),
                    whole(m, Sign.POWER_WATTS, 1));
        }
        return table;
    }

    private static String figure(Reading<Double> reading, double scale) {
        return reading.isKnown() ? Numbers.figure(reading.value() * scale) : Numbers.UNKNOWN;
    }

    private static String whole(Measured m, Sign sign, double scale) {
        Reading<Double> reading = m.look().sign(sign);
        return reading.isKnown()
                ? String.format(Locale.ROOT, "%.0f", reading.value() * scale)
                : Numbers.UNKNOWN;
    }

    private static String gib(Measured m, Sign sign) {
        return Numbers.gib(m.look().sign(sign).map(v -> Bytes.of(Math.round(v))));
    }

    private void hypotheses(PrintWriter out, DegradeReport report) {
        if (report.judgement().verdict() instanceof Verdict.Healthy) {
            return;
        }
        out.println();
        for (Hypothesis h : report.hypotheses()) {
            if (h.fits() != Hypothesis.Fits.NO) {
                out.println(
                        (h.fits() == Hypothesis.Fits.YES ? "fits  " : "?     ")
                                + h.cause().code()
                                + ": "
                                + h.cause().title()
                                + ". "
                                + capital(Text.plain(h.evidence(), 500))
                                + ".");
            }
        }
        String refuted =
                report.hypotheses().stream()
                        .filter(h -> h.fits() == Hypothesis.Fits.NO)
                        .map(h -> h.cause().code())
                        .collect(Collectors.joining(", "));
        if (!refuted.isEmpty()) {
            out.println("no    " + refuted);
        }
    }

    private static void remedies(PrintWriter out, DegradeReport report) {
        if (report.remedies().isEmpty()) {
            return;
        }
        out.println();
        for (DegradeReport.Tried t : report.remedies()) {
            out.println(
                    t.remedy().code()
                            + ": "
                            + t.outcome().name().toLowerCase(Locale.ROOT)
                            + (t.rates().isEmpty()
                                    ? " (" + Text.plain(t.detail(), 300) + ")"
                                    : ", then "
                                            + t.rates().stream()
                                                    .map(Numbers::figure)
                                                    .collect(Collectors.joining(" and "))
                                            + " tok/s"
                                            + (t.restored() ? ": restored" : "")));
        }
    }

    private static String capital(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
