package dev.stoker.degrade;

import dev.stoker.degrade.DegradeEvent.Outcome;
import dev.stoker.degrade.Hypothesis.Fits;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a run says, made from its journal alone.
 *
 * @param measured the measurements of the cycles that count
 * @param remedies those that were tried, in order
 * @param restoredBy the remedy after which the speed was back
 * @param complete whether it ran to its end
 */
public record DegradeReport(
        DegradeHeader header,
        List<Measured> measured,
        Judgement judgement,
        List<Hypothesis> hypotheses,
        List<Tried> remedies,
        Optional<Remedy> restoredBy,
        boolean complete) {
    /** The speed is back when so much of what was lost is. */
    private static final double MOST = 0.8;

    public DegradeReport {
        measured = List.copyOf(measured);
        hypotheses = List.copyOf(hypotheses);
        remedies = List.copyOf(remedies);
    }

    /**
     * A remedy that was tried.
     *
     * @param rates decode rates after it, tokens a second
     */
    public record Tried(
            Remedy remedy, Outcome outcome, String detail, List<Double> rates, boolean restored) {
        public Tried {
            rates = List.copyOf(rates);
        }
    }

    /** Makes the report of what a folder holds. */
    public static DegradeReport of(DegradeFolder.Contents contents) {
        List<Measured> measured = Design.cycles(contents.events());
        Judgement judgement = Judgement.of(measured, contents.header().tolerancePercent());
        List<Tried> tried = tried(contents.events(), measured);
        Optional<Remedy> restored =
                tried.stream().filter(Tried::restored).map(Tried::remedy).findFirst();
        boolean complete =
                contents.events().stream()
                        .anyMatch(e -> e instanceof DegradeEvent.Ended(long _, boolean c) && c);
        return new DegradeReport(
                contents.header(),
                measured,
                judgement,
                confirmed(Hypotheses.of(measured, judgement), restored),
                tried,
                restored,
                complete);
    }

    private static List<Tried> tried(List<DegradeEvent> events, List<Measured> measured) {
        List<Tried> tried = new ArrayList<>();
        for (DegradeEvent event : events) {
            if (event instanceof DegradeEvent.Tried t) {
                List<Double> rates =
                        events.stream()
                                .filter(e ->
                                        e instanceof DegradeEvent.Remeasured r
                                                && r.remedy() == t.remedy())
                                .map(e -> ((DegradeEvent.Remeasured) e).measured().decode())
                                .toList();
                tried.removeIf(earlier -> earlier.remedy() == t.remedy());
                tried.add(
                        new Tried(
                                t.remedy(),
                                t.outcome(),
                                t.detail(),
                                rates,
                                isBack(rates, measured)));
            }
        }
        return tried;
    }

    private static boolean isBack(List<Double> rates, List<Measured> measured) {
        if (rates.size() < Ladder.MEASUREMENTS || measured.isEmpty()) {
            return false;
        }
        double before = mean(measured, true);
        double after = mean(measured, false);
        double now = rates.stream().mapToDouble(r -> r).average().orElse(0);
        return now >= after + MOST * (before - after);
    }

    private static double mean(List<Measured> measured, boolean before) {
        return measured.stream()
                .filter(m -> (m.load() == 0) == before)
                .mapToDouble(Measured::decode)
                .average()
                .orElse(0);
    }

    /** Returns the mean decode rate of the load that the run began with. */
    public double before() {
        return mean(measured, true);
    }

    /** Returns the mean decode rate of the last cycle; 0 where there was none. */
    public double last() {
        int load = measured.stream().mapToInt(Measured::load).max().orElse(0);
        return load == 0
                ? 0
                : measured.stream()
                        .filter(m -> m.load() == load)
                        .mapToDouble(Measured::decode)
                        .average()
                        .orElse(0);
    }

    /** A new process alone brings back what only a process can have lost. */
    private static List<Hypothesis> confirmed(
            List<Hypothesis> hypotheses, Optional<Remedy> restored) {
        boolean explained = hypotheses.stream().anyMatch(h -> h.fits() == Fits.YES);
        if (explained || restored.isEmpty() || restored.get() != Remedy.RESPAWN) {
            return hypotheses;
        }
        return hypotheses.stream()
                .map(h ->
                        h.cause() == Cause.PROCESS_LOTTERY
                                ? Hypothesis.yes(
                                        h.cause(),
                                        "a new process brought the speed back, and what was tried"
                                                + " before it did not")
                                : h)
                .toList();
    }

    /** Returns what to do next, in words; empty where nothing has to be done. */
    public String advice() {
        if (!(judgement.verdict() instanceof Verdict.Degraded)) {
            return judgement.verdict() instanceof Verdict.CannotTell
                    ? "stoker degrade "
                            + header.model()
                            + " --cycles "
                            + Math.min(Design.MOST_CYCLES, 2 * header.cycles())
                    : "";
        }
        if (restoredBy.isPresent()) {
            return restoredBy.get().words() + " when it gets slow again";
        }
        Optional<Cause> cause =
                hypotheses.stream()
                        .filter(h -> h.fits() == Fits.YES)
                        .map(Hypothesis::cause)
                        .findFirst();
        if (cause.isPresent() && cause.get() == Cause.NEIGHBOUR) {
            return "see who else works here, with: stoker top";
        }
        boolean all = remedies.stream().anyMatch(t -> t.remedy() == Remedy.RECREATE);
        return all
                ? Remedy.REBOOT.words() + ": no milder remedy brought the speed back"
                : "stoker degrade --resume " + header.id() + " --remedies";
    }
}
