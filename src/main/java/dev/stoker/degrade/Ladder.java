package dev.stoker.degrade;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Reading;
import dev.stoker.control.ControlException;
import dev.stoker.degrade.DegradeEvent.Outcome;
import dev.stoker.server.ServerException;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tries remedies from the mildest on, each after a yes and followed by measurements, until one
 * brings the speed back. The model is out of memory while a remedy works, and loaded anew for the
 * measurements. What the journal has is not tried again. Used by one thread.
 */
final class Ladder {
    static final int MEASUREMENTS = 2;

    private final DegradeContext context;
    private final DegradeHeader header;
    private final DegradeJournal journal;
    private final Talk talk;
    private final Reloader reloader;
    private final DegradeRunner runner;
    private final Cancellation cancellation;

    Ladder(
            DegradeContext context,
            DegradeHeader header,
            DegradeJournal journal,
            Talk talk,
            Reloader reloader,
            DegradeRunner runner,
            Cancellation cancellation) {
        this.context = context;
        this.header = header;
        this.journal = journal;
        this.talk = talk;
        this.reloader = reloader;
        this.runner = runner;
        this.cancellation = cancellation;
    }

    void climb() throws ServerException, InterruptedException {
        for (Remedy remedy : Remedy.values()) {
            DegradeReport report = report();
            if (report.restoredBy().isPresent()) {
                return;
            }
            if (remedy != Remedy.REBOOT && !tried().contains(remedy)) {
                attempt(remedy);
            }
        }
    }

    private DegradeReport report() {
        return DegradeReport.of(new DegradeFolder.Contents(header, journal.events(), 0));
    }

    /** A remedy that was done and not measured, since the run was interrupted, is tried again. */
    private Set<Remedy> tried() {
        return report().remedies().stream()
                .filter(t -> t.outcome() != Outcome.DONE || !t.rates().isEmpty())
                .map(DegradeReport.Tried::remedy)
                .collect(Collectors.toSet());
    }

    private void attempt(Remedy remedy) throws ServerException, InterruptedException {
        Reading<String> means = context.hands().means(remedy);
        if (!means.isKnown()) {
            note(remedy, Outcome.IMPOSSIBLE, means.reason());
            talk.remark("Can't " + remedy.words() + ": " + means.reason() + ".");
            return;
        }
        if (!talk.mayApply(remedy, means.value())) {
            note(remedy, Outcome.DECLINED, "nobody said yes");
            return;
        }
        talk.step(remedy.words() + " (" + means.value() + ")");
        if (Reloader.unloads(context)) {
            reloader.unload();
        }
        try {
            context.hands().apply(remedy, cancellation);
        } catch (ControlException e) {
            note(remedy, Outcome.FAILED, String.valueOf(e.getMessage()));
            talk.remark(String.valueOf(e.getMessage()));
            reloader.waitHealthy();
            return;
        }
        note(remedy, Outcome.DONE, means.value());
        reloader.waitHealthy();
        boolean afresh = !Reloader.unloads(context) && remedy != Remedy.RESTART;
        Reading<Double> seconds = runner.load(afresh);
        for (int i = 1; i <= MEASUREMENTS; i++) {
            Measured measured = runner.measure(header.cycles() + 1, i, seconds);
            journal.write(
                    new DegradeEvent.Remeasured(
                            context.clock().now().toEpochMilli(), remedy, measured));
            talk.measured(measured);
        }
    }

    private void note(Remedy remedy, Outcome outcome, String detail) {
        journal.write(
                new DegradeEvent.Tried(
                        context.clock().now().toEpochMilli(), remedy, outcome, detail));
    }

    /** Returns the remedies, in words, with their means. */
    static List<String> shown(RemedyHands hands) {
        List<String> lines = new ArrayList<>();
        for (Remedy remedy : Remedy.values()) {
            Reading<String> means = hands.means(remedy);
            lines.add(
                    remedy.code()
                            + ": "
                            + remedy.words()
                            + (remedy == Remedy.REBOOT
                                    ? " (only advised)"
                                    : means.isKnown()
                                            ? " (" + means.value() + "; " + remedy.harm() + ")"
                                            : " (not from here: " + means.reason() + ")"));
        }
        return lines;
    }
}
