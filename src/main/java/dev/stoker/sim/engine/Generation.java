package dev.stoker.sim.engine;

import dev.stoker.base.Clock;

import java.io.IOException;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * One answer in time: the prompt, then a token at each due moment. The moments are worked out from
 * the rates and from how many answers are under way, not from when the thread woke, so that a late
 * thread catches up instead of slowing the model. Used by one thread.
 */
final class Generation {
    private final Engine engine;
    private final Runner runner;
    private final Job job;

    Generation(Engine engine, Runner runner, Job job) {
        this.engine = engine;
        this.runner = runner;
        this.job = job;
    }

    Result run(TokenSink sink) throws BrokenStream, InterruptedException, IOException {
        long asked = engine.clock().nanos();
        engine.takeSlot(runner);
        try {
            return compute(sink, engine.clock().nanos() - asked);
        } finally {
            engine.leaveSlot(runner);
        }
    }

    private Result compute(TokenSink sink, long waitNanos)
            throws BrokenStream, InterruptedException, IOException {
        Clock clock = engine.clock();
        long start = clock.nanos();
        long promptTokens = Math.min(job.promptTokens(), runner.context);
        int shared = engine.sharedPrefix(runner, job.prompt());
        long cached = job.reusePrompt() ? Math.min(promptTokens - 1, shared / 4) : 0;
        double slower = slower();
        long promptNanos = nanos(slower * runner.rates.promptSeconds(promptTokens - cached));

        Tale tale = new Tale(job.prompt(), job.seed());
        int thinking =
                job.think() && runner.model.thinks() ? tale.near(runner.model.thinkingTokens()) : 0;
        boolean endless = job.toLimit() && job.most() > 0;
        int natural =
                endless ? Integer.MAX_VALUE : thinking + tale.near(runner.model.answerTokens());
        int tokens = job.most() > 0 ? Math.min(job.most(), natural) : natural;

        long due = start + promptNanos;
        long decodeNanos = 0;
        for (int i = 0; i < tokens; i++) {
            if (i > 0) {
                long step =
                        nanos(
                                slower
                                        * runner.rates.tokenSeconds(
                                                promptTokens + i, engine.load().running()));
                decodeNanos += step;
                due += step;
            }
            breakOff(i, sink);
            long ahead = due - clock.nanos();
            if (ahead > 0) {
                sink.flush();
                clock.sleep(Duration.ofNanos(ahead));
            }
            sink.token(tale.token(i), i < thinking);
        }
        return new Result(
                promptTokens,
                cached,
                promptNanos,
                tokens,
                decodeNanos,
                waitNanos,
                tokens < natural);
    }

    /** A factor that an answer keeps to its end; the same prompt has the same one. */
    private double slower() {
        if (!engine.faults().isOn(FaultKind.UNSTEADY)) {
            return 1;
        }
        double spread = engine.faults().number(FaultKind.UNSTEADY, "percent") / 100;
        SplittableRandom random = new SplittableRandom(job.prompt().hashCode());
        return Math.exp(spread * random.nextGaussian());
    }

    /** Breaks off or falls silent before a token, where a fault says so. */
    private void breakOff(int token, TokenSink sink)
            throws BrokenStream, InterruptedException, IOException {
        Faults faults = engine.faults();
        if (at(FaultKind.CUT, token)) {
            sink.flush();
            throw new BrokenStream(BrokenStream.How.CUT);
        }
        if (at(FaultKind.ERROR_IN_STREAM, token)) {
            throw new BrokenStream(BrokenStream.How.RUNNER_DIED);
        }
        if (at(FaultKind.STALL, token)) {
            sink.flush();
            while (faults.isOn(FaultKind.STALL)) {
                engine.pause(0.5);
            }
        }
    }

    private boolean at(FaultKind kind, int token) {
        return engine.faults().isOn(kind) && token == (int) engine.faults().number(kind, "after");
    }

    private static long nanos(double seconds) {
        return Math.round(seconds * 1e9);
    }
}
