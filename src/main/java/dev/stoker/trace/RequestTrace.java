package dev.stoker.trace;

import dev.stoker.base.Reading;

import java.util.Arrays;
import java.util.Objects;

/**
 * Everything that is known of one request: the raw material of every report. Stamps are nanoseconds
 * after the intended start, in the clock's time (simulated time on a simulated box); −1 stands for
 * "did not happen". The definitions of the figures are those of the architecture's chapter on
 * metrics, and stand here only.
 *
 * <p>Immutable by convention: the arrays are not copied.
 *
 * @param intendedEpochMillis wall time of the intended start, for labels only
 * @param connectedNanos when the connection stood
 * @param sentNanos when the request was handed to the system
 * @param headNanos when the response's head was read
 * @param chunkNanos the stamp of every chunk that carried generated text, tool calls or reasoning,
 *     in order
 * @param firstAnswerNanos the first chunk with answer text or a tool call (not reasoning), or −1
 * @param endNanos the end of the exchange, or of the waiting
 * @param chars characters generated, reasoning included
 * @param timings what the server said
 * @param outcome how it ended
 */
public record RequestTrace(
        long intendedEpochMillis,
        long connectedNanos,
        long sentNanos,
        long headNanos,
        long[] chunkNanos,
        long firstAnswerNanos,
        long endNanos,
        long chars,
        ServerTimings timings,
        Outcome outcome) {

    public RequestTrace {
        Objects.requireNonNull(chunkNanos, "chunkNanos is null");
    }

    /** How a request ended. */
    public sealed interface Outcome {
        /**
         * @param finishReason the server's word: stop, length, tool_calls …
         */
        record Ok(String finishReason) implements Outcome {}

        /**
         * @param kind the failure's stable code, such as {@code stream-cut}
         * @param sentence what happened
         */
        record Failed(String kind, String sentence) implements Outcome {}
    }

    public boolean isOk() {
        return outcome instanceof Outcome.Ok;
    }

    /** Time to the first generated token of any kind from the intended start, milliseconds. */
    public Reading<Double> ttftMillis() {
        return chunkNanos.length == 0
                ? Reading.unsupported("no token came")
                : Reading.known(chunkNanos[0] / 1e6);
    }

    /**
     * Time to the first token of the answer (not reasoning) from the intended start, milliseconds.
     */
    public Reading<Double> ttfaMillis() {
        return firstAnswerNanos < 0
                ? Reading.unsupported("no answer token came")
                : Reading.known(firstAnswerNanos / 1e6);
    }

    /** From the intended start to the actual send, milliseconds: connecting included. */
    public Reading<Double> dispatchDelayMillis() {
        return sentNanos < 0
                ? Reading.unsupported("it was not sent")
                : Reading.known(sentNanos / 1e6);
    }

    /** From the intended start to the end of the stream, milliseconds. */
    public double e2eMillis() {
        return endNanos / 1e6;
    }

    /** Tokens generated, by the server's own count. */
    public Reading<Long> outputTokens() {
        return timings.outputTokens();
    }

    /**
     * Decode rate as the client saw it, tokens a second: (n−1)/(last − first). Needs two chunks and
     * the server's own count. Where the server's last chunks come in one read the figure is the
     * stream's, not the chunk's.
     */
    public Reading<Double> decodeTokensPerSecond() {
        if (!(timings.outputTokens() instanceof Reading.Known<Long>(Long n))) {
            return Reading.unsupported(timings.outputTokens().reason());
        }
        if (n < 2 || chunkNanos.length < 2) {
            return Reading.unsupported("a rate needs at least two tokens");
        }
        long span = decodeNanos();
        return span <= 0
                ? Reading.unsupported("all tokens came in one read")
                : Reading.known((n - 1) * 1e9 / span);
    }

    /**
     * Time per output token after the first, milliseconds: the inverse of the client's decode rate.
     */
    public Reading<Double> timePerOutputTokenMillis() {
        return decodeTokensPerSecond().map(rate -> 1000 / rate);
    }

    /**
     * From the first token to the last one, nanoseconds; 0 without tokens. An answer that the model
     * ended by itself has one token more than the stream shows: its end sign, which the server
     * counts and which brings the end of the stream. (Seen on Ollama 0.33: 9 tokens, 8 chunks.)
     */
    public long decodeNanos() {
        if (chunkNanos.length == 0) {
            return 0;
        }
        boolean endSign = outcome instanceof Outcome.Ok(String reason) && !reason.equals("length");
        long last = endSign ? endNanos : chunkNanos[chunkNanos.length - 1];
        return last - chunkNanos[0];
    }

    /** Gaps between chunks that carried tokens, milliseconds, in order. */
    public double[] gapsMillis() {
        double[] gaps = new double[Math.max(0, chunkNanos.length - 1)];
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = (chunkNanos[i + 1] - chunkNanos[i]) / 1e6;
        }
        return gaps;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RequestTrace t
                && intendedEpochMillis == t.intendedEpochMillis
                && connectedNanos == t.connectedNanos
                && sentNanos == t.sentNanos
                && headNanos == t.headNanos
                && Arrays.equals(chunkNanos, t.chunkNanos)
                && firstAnswerNanos == t.firstAnswerNanos
                && endNanos == t.endNanos
                && chars == t.chars
                && timings.equals(t.timings)
                && outcome.equals(t.outcome);
    }

    @Override
    public int hashCode() {
        return Objects.hash(intendedEpochMillis, endNanos, Arrays.hashCode(chunkNanos), outcome);
    }
}
