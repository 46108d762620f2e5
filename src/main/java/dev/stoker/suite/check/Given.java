package dev.stoker.suite.check;

import dev.stoker.trace.RequestTrace;

/**
 * An answer, and what a check may want to know of how it came.
 *
 * @param answer its text without the model's thinking
 * @param onlyThought whether the model thought and said nothing
 * @param model as the server names it
 * @param words how many words the last request held; a server counts at least one token for each
 * @param trace the last request's figures
 * @param means what a check may do beside reading
 */
public record Given(
        String answer,
        boolean onlyThought,
        String model,
        long words,
        RequestTrace trace,
        Means means) {

    /** Returns whether the answer was cut at the limit of its tokens. */
    public boolean isCut() {
        return trace.outcome() instanceof RequestTrace.Outcome.Ok(String finish)
                && finish.equals("length");
    }
}
