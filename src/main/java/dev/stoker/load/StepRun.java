package dev.stoker.load;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.http.Carrier;
import dev.stoker.http.ExchangeEnd;
import dev.stoker.http.Timeouts;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.StreamCall;
import dev.stoker.trace.RequestTrace;

import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * Runs one step: begins requests at their moments and takes their ends. Driven by the carrier, in
 * its thread.
 *
 * <p>The intended start of a request is fixed by the schedule in an open loop, and by the user's
 * think time in a closed one; without think time a closed loop's request begins when it is begun. A
 * user whose request found no server waits 100 ms, so that a dead server is not asked ten thousand
 * times a second.
 */
final class StepRun implements Carrier.Driver {
    private static final Duration PAUSE_WITHOUT_SERVER = Duration.ofMillis(100);
    private static final Duration LONGEST_DRAIN = Duration.ofMinutes(10);
    private static final int MOST_ROOM = 1024;
    private static final int FEWEST_TO_JUDGE = 20;
    private static final Duration SHORTEST_WALL_STALL = Duration.ofSeconds(2);

    /** Someone's next request. */
    private record Due(long nanos, boolean planned, Optional<Ask> ask) {}

    private final LoadStep step;
    private final int index;
    private final LoadSettings settings;
    private final InferenceServer server;
    private final Carrier carrier;
    private final PromptSource prompts;
    private final Consumer<LoadEvent> journal;
    private final Consumer<LoadProgress> progress;
    private final Cancellation cancellation;
    private final Clock clock;
    private final ClientWatch watch;
    private final PriorityQueue<Due> due =
            new PriorityQueue<>(Comparator.comparingLong(Due::nanos));
    private final Optional<Schedule> schedule;
    private final long start;
    private final long measureFrom;
    private final long measureUntil;
    private long nextScheduled = Schedule.NEVER;
    private long lastBegun;
    private long windowEnd = -1;
    private boolean fullUntilNextEnd;
    private long drainUntil = Carrier.NEVER;
    private long nextProgress;
    private long sent;
    private long measured;
    private long ok;
    private long failed;
    private int inFlight;
    private int usualChunks = 64;
    private Duration lastStall = Duration.ZERO;
    private Timeouts lastTimeouts = Timeouts.stream(Duration.ZERO);
    private boolean wasHeld;
    private String why = "done";

    StepRun(
            LoadStep step,
            int index,
            LoadSettings settings,
            InferenceServer server,
            Carrier carrier,
            PromptSource prompts,
            Consumer<LoadEvent> journal,
            Consumer<LoadProgress> progress,
            Cancellation cancellation) {
        this.step = step;
        this.index = index;
        this.settings = settings;
        this.server = server;
        this.carrier = carrier;
        this.prompts = prompts;
        this.journal = journal;
        this.progress = progress;
        this.cancellation = cancellation;
        this.clock = server.clock();
        journal.accept(started());
        watch = new ClientWatch(clock, carrier);
        start = clock.nanos();
        measureFrom = start + step.lead().toNanos();
        measureUntil = step.duration().map(d -> measureFrom + d.toNanos()).orElse(Carrier.NEVER);
        lastBegun = start;
        if (step.arrivals() instanceof Arrivals.Closed(int users)) {
            schedule = Optional.empty();
            for (int i = 0; i < users; i++) {
                long at = start + step.ramp().toNanos() * i / users;
                due.add(new Due(at, false, Optional.empty()));
            }
        } else {
            Schedule moments = Schedule.of(step.arrivals(), step.ramp());
            schedule = Optional.of(moments);
            schedule(moments);
        }
    }

    private LoadEvent.StepStarted started() {
        return new LoadEvent.StepStarted(
                index,
                clock.now().toEpochMilli(),
                step.arrivals().code(),
                step.arrivals() instanceof Arrivals.Closed(int users) ? users : 0,
                switch (step.arrivals()) {
                    case Arrivals.Constant(double rate) -> rate;
                    case Arrivals.Poisson(double rate, long _) -> rate;
                    default -> 0;
                },
                step.lead(),
                step.duration(),
                step.requests());
    }

    private void schedule(Schedule moments) {
        long next = moments.next();
        nextScheduled = next == Schedule.NEVER ? Schedule.NEVER : start + next;
    }

    /** Carries the step to its end. */
    LoadEvent.StepEnded run() {
        try (Cancellation.Registration _ = cancellation.onCancel(carrier::wake)) {
            carrier.run(this);
        }
        report(clock.nanos());
        LoadEvent.StepEnded ended =
                new LoadEvent.StepEnded(
                        index,
                        (windowEnd < 0 ? lastBegun : windowEnd) - start,
                        why,
                        watch.figures());
        journal.accept(ended);
        return ended;
    }

    @Override
    public long turn(long now) {
        if (cancellation.isCancelled()) {
            return stop(now, "interrupted");
        }
        if (isTooWrong()) {
            return stop(now, "error-rate");
        }
        if (now >= nextProgress) {
            report(now);
        }
        if (windowEnd < 0) {
            beginDue(now);
        }
        if (windowEnd < 0 && (now >= measureUntil || !mayBegin() || isExhausted())) {
            closeWindow(now);
            // The users of a closed loop are all at work until the first of them has no successor.
            fullUntilNextEnd = schedule.isEmpty() && inFlight > 0 && now < measureUntil;
        }
        if (windowEnd >= 0 && inFlight == 0) {
            return Carrier.STOP;
        }
        if (now >= drainUntil) {
            carrier.cancelAll();
            return Carrier.STOP;
        }
        return Math.min(nextProgress, windowEnd >= 0 ? drainUntil : nextDue());
    }

    private long stop(long now, String reason) {
        why = reason;
        if (windowEnd < 0) {
            closeWindow(now);
        }
        carrier.cancelAll();
        return Carrier.STOP;
    }

    /** From here on less than the full load is on the server. */
    private void closeWindow(long now) {
        windowEnd = Math.min(now, measureUntil);
        drainUntil = now + LONGEST_DRAIN.toNanos();
    }

    private boolean isTooWrong() {
        long finished = ok + failed;
        return finished >= FEWEST_TO_JUDGE && failed > settings.maxErrorRate() * finished;
    }

    private boolean mayBegin() {
        return step.requests().isEmpty() || measured < step.requests().getAsLong();
    }

    /** Returns whether a recorded schedule has ended, and every conversation with it. */
    private boolean isExhausted() {
        return schedule.isPresent()
                && nextScheduled == Schedule.NEVER
                && due.isEmpty()
                && (inFlight == 0 || !settings.conversations());
    }

    private long nextDue() {
        long users = due.isEmpty() ? Carrier.NEVER : due.peek().nanos();
        long next = Math.min(users, nextScheduled);
        // Whoever is held back begins when something ends.
        return Math.min(measureUntil, inFlight >= settings.mostInFlight() ? Carrier.NEVER : next);
    }

    private void beginDue(long turn) {
        long now = turn;
        while (mayBegin()) {
            long users = due.isEmpty() ? Carrier.NEVER : due.peek().nanos();
            long next = Math.min(users, nextScheduled);
            if (next > now || next >= measureUntil) {
                wasHeld = false;
                return;
            }
            if (inFlight >= settings.mostInFlight()) {
                if (!wasHeld) {
                    wasHeld = true;
                    watch.held();
                }
                return;
            }
            if (users <= nextScheduled) {
                Due user = due.remove();
                boolean atOnce = !user.planned() && schedule.isEmpty();
                begin(atOnce ? Math.max(now, user.nanos()) : user.nanos(), user.ask());
            } else {
                long intended = nextScheduled;
                schedule.ifPresent(this::schedule);
                begin(intended, Optional.empty());
            }
            now = clock.nanos();
        }
    }

    private void begin(long intended, Optional<Ask> turn) {
        Ask ask = turn.isPresent() ? turn.get() : prompts.next();
        TraceRecorder recorder = new TraceRecorder(clock, intended, ask.wantsText(), usualChunks);
        StreamCall call = server.prepare(ask.request(), recorder);
        if (schedule.isPresent()) {
            watch.dispatched(clock.nanos() - intended);
        }
        sent++;
        inFlight++;
        if (intended >= measureFrom) {
            measured++;
        }
        lastBegun = intended;
        carrier.start(
                call.request(),
                timeouts(call.stall()),
                recorder,
                call.decoder(),
                new Flight(ask, call, recorder, intended));
    }

    /** A request on its way: an object with a name where a lambda would do, for there are many. */
    private final class Flight implements Carrier.Ended {
        private final Ask ask;
        private final StreamCall call;
        private final TraceRecorder recorder;
        private final long intended;

        Flight(Ask ask, StreamCall call, TraceRecorder recorder, long intended) {
            this.ask = ask;
            this.call = call;
            this.recorder = recorder;
            this.intended = intended;
        }

        @Override
        public void ended(ExchangeEnd end, long nanos) {
            inFlight--;
            if (fullUntilNextEnd) {
                fullUntilNextEnd = false;
                windowEnd = Math.min(nanos, measureUntil);
            }
            call.decoder().end(end, nanos);
            RequestTrace trace = recorder.trace();
            usualChunks = Math.clamp(trace.chunkNanos().length, 1, MOST_ROOM);
            watch.answered(trace);
            journal.accept(new LoadEvent.RequestEnded(index, intended - start, trace));
            next(ask, recorder, nanos);
        }
    }

    @SuppressWarnings("ReferenceEquality") // The same limit is one object nearly always.
    private Timeouts timeouts(Duration stall) {
        if (stall != lastStall) {
            lastStall = stall;
            lastTimeouts = newTimeouts(stall);
        }
        return lastTimeouts;
    }

    private Timeouts newTimeouts(Duration stall) {
        double speed = clock.speed();
        if (speed == 1) {
            return Timeouts.stream(stall);
        }
        Timeouts wall = Timeouts.stream(stall);
        Duration least = stretched(SHORTEST_WALL_STALL, speed);
        return new Timeouts(
                stretched(wall.connect(), speed),
                stall.compareTo(least) < 0 ? least : stall,
                wall.total());
    }

    private static Duration stretched(Duration wall, double speed) {
        return Duration.ofNanos((long) Math.min(wall.toNanos() * speed, 4e18));
    }

    /** Counts an answer, and lets who got it go on. */
    private void next(Ask ask, TraceRecorder recorder, long nanos) {
        Optional<ServerFailure> failure = recorder.failure();
        boolean noServer = failure.orElse(null) instanceof ServerFailure.Unreachable;
        if (failure.isEmpty()) {
            ok++;
        } else if (!(failure.get() instanceof ServerFailure.Cancelled)) {
            failed++;
        }
        Optional<Ask> next =
                failure.isEmpty()
                        ? ask.next().flatMap(n -> n.after(recorder.text()))
                        : Optional.empty();
        if (next.isPresent() || schedule.isEmpty()) {
            Duration wait = noServer ? PAUSE_WITHOUT_SERVER : settings.thinkTime();
            due.add(new Due(nanos + wait.toNanos(), !wait.isZero(), next));
        }
    }

    private void report(long now) {
        nextProgress = now + (long) (LoadProgress.EVERY_NANOS * clock.speed());
        progress.accept(
                new LoadProgress(
                        index,
                        Duration.ofNanos(now - start),
                        now < measureFrom,
                        windowEnd >= 0,
                        inFlight,
                        sent,
                        ok,
                        failed));
    }
}
