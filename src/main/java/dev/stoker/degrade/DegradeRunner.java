package dev.stoker.degrade;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Reading;
import dev.stoker.degrade.Design.Step;
import dev.stoker.host.ServerLog.Layers;
import dev.stoker.server.ServerException;
import dev.stoker.server.ServerFailure;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Runs the cycles and then, where it was asked for and something got slower, the remedies. Each
 * measurement is on the disk before the next one begins; what the journal has is not measured
 * again. Used by one thread.
 */
public final class DegradeRunner {
    /** The control waits as long as a reload takes, but no longer than this. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);

    private static final Duration LONGEST_SLEEP = Duration.ofSeconds(1);

    private final DegradeContext context;
    private final DegradeHeader header;
    private final DegradeJournal journal;
    private final Talk talk;
    private final Cancellation cancellation;
    private final Reloader reloader;
    private final Eyes eyes;
    private final Measurer measurer;
    private final double begun;
    private Reading<Layers> layers = Reading.unsupported("the model was loaded before the run");
    private Duration reload = Duration.ZERO;

    public DegradeRunner(
            DegradeContext context,
            DegradeHeader header,
            DegradeJournal journal,
            Talk talk,
            Cancellation cancellation) {
        this.context = context;
        this.header = header;
        this.journal = journal;
        this.talk = talk;
        this.cancellation = cancellation;
        this.reloader = new Reloader(context, header.model(), cancellation);
        this.eyes = new Eyes(context, header.model());
        this.measurer = new Measurer(context, header.model(), header.tokens(), eyes, cancellation);
        double earlier =
                Design.cycles(journal.events()).stream()
                        .mapToDouble(Measured::seconds)
                        .max()
                        .orElse(0);
        this.begun = context.clock().nanos() / 1e9 - earlier;
    }

    /** How a run ended. */
    public enum Ending {
        COMPLETE,
        /** The user stopped it; it can be resumed. */
        INTERRUPTED
    }

    /**
     * Runs what is still to be run.
     *
     * @throws ServerException if the server failed; the run can be resumed
     */
    public Ending run() throws ServerException, InterruptedException {
        boolean resumed = !journal.events().isEmpty();
        journal.write(new DegradeEvent.Started(now(), resumed));
        try {
            if (resumed) {
                goOn();
            }
            for (Optional<Step> step = next(); step.isPresent(); step = next()) {
                cycle(step.get());
            }
            if (header.remedies() && judgement().verdict() instanceof Verdict.Degraded) {
                new Ladder(context, header, journal, talk, reloader, this, cancellation).climb();
            }
            journal.write(new DegradeEvent.Ended(now(), true));
            return Ending.COMPLETE;
        } catch (ServerException e) {
            if (e.failure() instanceof ServerFailure.Cancelled || cancellation.isCancelled()) {
                journal.write(new DegradeEvent.Ended(now(), false));
                return Ending.INTERRUPTED;
            }
            journal.write(
                    new DegradeEvent.Failed(now(), e.failure().code(), e.failure().sentence()));
            throw e;
        }
    }

    private Optional<Step> next() throws ServerException {
        if (cancellation.isCancelled()) {
            throw new ServerException(new ServerFailure.Cancelled());
        }
        return Design.next(header.cycles(), Design.cycles(journal.events()));
    }

    private Judgement judgement() {
        return Judgement.of(Design.cycles(journal.events()), header.tolerancePercent());
    }

    /** A load whose process is gone can't be measured further: its measurements don't count. */
    private void goOn() throws ServerException {
        List<Measured> done = Design.cycles(journal.events());
        Optional<Step> step = Design.next(header.cycles(), done);
        if (done.isEmpty() || step.isEmpty() || step.get().needsReload()) {
            return;
        }
        int load = step.get().load();
        boolean loaded = reloader.isLoaded();
        Reading<Double> before = done.getLast().look().sign(Sign.RUNNER_PID);
        Reading<Double> after = eyes.runner().map(p -> (double) p.pid());
        boolean other =
                before.isKnown() && after.isKnown() && !before.value().equals(after.value());
        if (!loaded || other) {
            String why = "its process was gone when the run went on";
            journal.write(new DegradeEvent.Discarded(now(), load, why));
            talk.remark("Load " + load + " is measured anew: " + why + ".");
        } else {
            Look look = done.getLast().look();
            if (look.sign(Sign.LAYERS_ON_GPU).isKnown() && look.sign(Sign.LAYERS).isKnown()) {
                layers =
                        Reading.known(
                                new Layers(
                                        look.sign(Sign.LAYERS_ON_GPU).value().intValue(),
                                        look.sign(Sign.LAYERS).value().intValue()));
            }
        }
    }

    private void cycle(Step step) throws ServerException, InterruptedException {
        Reading<Double> loadSeconds =
                Reading.unsupported("the model was not loaded for this measurement");
        if (step.needsReload()) {
            talk.step(
                    step.load() == 0
                            ? "loading " + header.model()
                            : "cycle " + step.load() + " of " + header.cycles() + ": reloading");
            loadSeconds = load(step.load() > 0);
        } else {
            talk.step(
                    (step.load() == 0 ? "before" : "cycle " + step.load())
                            + ": measuring once more, without a reload");
            rest(reload);
        }
        Measured measured = measure(step.load(), step.position(), loadSeconds);
        journal.write(new DegradeEvent.Cycled(now(), measured));
        talk.measured(measured);
    }

    /** Waits, and ends early where the user stops the run. */
    private void rest(Duration time) throws ServerException, InterruptedException {
        long end = context.clock().nanos() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - context.clock().nanos()) {
            if (cancellation.isCancelled()) {
                throw new ServerException(new ServerFailure.Cancelled());
            }
            context.clock().sleep(Duration.ofNanos(Math.min(left, LONGEST_SLEEP.toNanos())));
        }
    }

    /** Loads the model, after taking it out of memory where that is wanted. */
    Reading<Double> load(boolean afresh) throws ServerException, InterruptedException {
        long start = context.clock().nanos();
        if (afresh) {
            reloader.unload();
        }
        long mark = context.words().mark();
        long begin = context.clock().nanos();
        boolean there = reloader.load().alreadyLoaded();
        measurer.warmUp();
        long end = context.clock().nanos();
        layers =
                there && !afresh
                        ? Reading.unsupported("the model was loaded before the run")
                        : context.words().layersSince(mark);
        Duration took = Duration.ofNanos(end - start);
        reload = took.compareTo(LONGEST_WAIT) < 0 ? took : LONGEST_WAIT;
        return there && !afresh
                ? Reading.unsupported("the model was loaded already")
                : Reading.known((end - begin) / 1e9);
    }

    Measured measure(int load, int position, Reading<Double> loadSeconds)
            throws ServerException, InterruptedException {
        double seconds = context.clock().nanos() / 1e9 - begun;
        Measurer.Rates rates = measurer.measure(layers);
        return new Measured(
                rates.atEpochMillis(),
                seconds,
                load,
                position,
                rates.decode(),
                rates.prompt(),
                loadSeconds,
                rates.look());
    }

    private long now() {
        return context.clock().now().toEpochMilli();
    }
}
