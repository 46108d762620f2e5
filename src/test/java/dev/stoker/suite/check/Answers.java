package dev.stoker.suite.check;

import dev.stoker.base.Reading;
import dev.stoker.suite.Spoken;
import dev.stoker.trace.RequestTrace;
import dev.stoker.trace.ServerTimings;

/** Answers to judge. */
public final class Answers {
    private Answers() {}

    /** An answer that the model ended by itself, thinking taken out. */
    public static Given of(String text) {
        return of(text, "stop", Means.none());
    }

    public static Given of(String text, String finish, Means means) {
        Spoken spoken = Spoken.of(text);
        return new Given(
                spoken.answer(),
                spoken.thought() && spoken.answer().isEmpty(),
                "m",
                100,
                trace(finish, Reading.unsupported("not told")),
                means);
    }

    /** An answer to a prompt of 100 words of which the server counted so many tokens. */
    public static Given counted(Reading<Long> promptTokens) {
        return new Given("x", false, "m", 100, trace("stop", promptTokens), Means.none());
    }

    private static RequestTrace trace(String finish, Reading<Long> promptTokens) {
        ServerTimings none = ServerTimings.none("not told");
        return new RequestTrace(
                0,
                1,
                2,
                3,
                new long[] {4, 5},
                4,
                6,
                2,
                new ServerTimings(
                        none.total(),
                        none.load(),
                        promptTokens,
                        none.cachedTokens(),
                        none.promptTime(),
                        none.outputTokens(),
                        none.decodeTime()),
                new RequestTrace.Outcome.Ok(finish));
    }
}
