package dev.stoker.server.state;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.explain.probe.Probe;
import dev.stoker.trace.RequestTrace;
import dev.stoker.trace.ServerTimings;

import java.time.Duration;

/** Requests of {@code explain --probe} as they came out, for tests. Stateless. */
final class Probes {
    private static final String UNTOLD = "the server does not tell it";

    private Probes() {}

    /** Returns a request that took so long, its first token after so long, of 11 tokens. */
    static RequestTrace trace(double millis, double first, ServerTimings said) {
        long nanos = Math.round(millis * 1e6);
        return new RequestTrace(
                0,
                2_000_000,
                3_000_000,
                Math.round(first * 1e6),
                new long[] {Math.round(first * 1e6), nanos},
                Math.round(first * 1e6),
                nanos,
                40,
                said,
                new RequestTrace.Outcome.Ok("length"));
    }

    /** Returns what a server says of its times; negative is nothing. */
    static ServerTimings said(double total, double load, double prompt, double decode) {
        return new ServerTimings(
                millis(total),
                millis(load),
                Reading.known(40L),
                Reading.known(0L),
                millis(prompt),
                Reading.known(11L),
                millis(decode));
    }

    private static Reading<Duration> millis(double time) {
        return time < 0
                ? Reading.unsupported(UNTOLD)
                : Reading.known(Duration.ofNanos(Math.round(time * 1e6)));
    }

    static ServerState with(ModelState... models) {
        return States.at(0, States.none(), models);
    }

    static ModelState loaded(String name) {
        return States.model(name, States.none());
    }

    static ModelState sleeping(String name) {
        return new ModelDraft(name, UNTOLD).condition(new ModelCondition.Sleeping()).done();
    }

    static ModelState partlyOnGpu(String name) {
        return new ModelDraft(name, UNTOLD)
                .memory(Reading.known(Bytes.gib(8)), Reading.known(Bytes.gib(6)))
                .done();
    }

    /** Returns the result of a request for the model {@code m}. */
    static Probe.Result result(RequestTrace trace, ServerState before, ServerState after) {
        return new Probe.Result("m", trace, before, after, Reading.known(0L));
    }
}
