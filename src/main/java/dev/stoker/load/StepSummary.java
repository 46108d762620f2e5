package dev.stoker.load;

import dev.stoker.base.Reading;
import dev.stoker.stats.LatencySummary;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What one step of a load test came to. Counts are of all requests, so that they can be held
 * against the server's own; latencies are of the requests that began after the lead and ended well;
 * rates and gaps are of the steady window.
 *
 * @param index which step, from 0
 * @param started what was asked
 * @param sent all requests
 * @param ok ended well
 * @param failed failed
 * @param unfinished stopped by the end of the run, neither good nor bad
 * @param lead of all, those that began in the ramp or the warm-up
 * @param failures failed requests by the failure's stable code
 * @param promptTokens of all good requests, by the server's count
 * @param fewestPromptTokens of one good request
 * @param mostPromptTokens of one good request
 * @param outputTokens of all good requests, by the server's count
 * @param windowSeconds the steady window, or the whole step where there is none
 * @param steady whether the load was full throughout the window
 * @param outputTokensPerSecond tokens that arrived in the window / window
 * @param requestsPerSecond good requests that ended in the window / window
 * @param tokensPerChunk output tokens / chunks; empty where either is unknown
 * @param ttft from the intended start
 * @param ttftSent from the send
 * @param ttfa to the first token of the answer, from the intended start
 * @param ttfaSent the same from the send
 * @param itl gaps between chunks
 * @param tpot per request, (last − first)/(tokens − 1)
 * @param e2e from the intended start to the end
 * @param e2eSent the same from the send
 * @param dispatchDelay from the intended start to the send
 * @param goodput share of the measured requests that met every objective; empty without objectives
 * @param verdicts each objective and whether the step met it
 * @param client how the load tester fared; empty for a run that was killed
 * @param why done, error-rate, interrupted or killed
 */
public record StepSummary(
        int index,
        LoadEvent.StepStarted started,
        long sent,
        long ok,
        long failed,
        long unfinished,
        long lead,
        Map<String, Long> failures,
        Reading<Long> promptTokens,
        OptionalLong fewestPromptTokens,
        OptionalLong mostPromptTokens,
        Reading<Long> outputTokens,
        double windowSeconds,
        boolean steady,
        Reading<Double> outputTokensPerSecond,
        Reading<Double> requestsPerSecond,
        OptionalDouble tokensPerChunk,
        LatencySummary ttft,
        LatencySummary ttftSent,
        LatencySummary ttfa,
        LatencySummary ttfaSent,
        LatencySummary itl,
        LatencySummary tpot,
        LatencySummary e2e,
        LatencySummary e2eSent,
        LatencySummary dispatchDelay,
        Optional<Double> goodput,
        Map<String, Boolean> verdicts,
        Optional<ClientFigures> client,
        String why) {
    public StepSummary {
        failures = Map.copyOf(failures);
        verdicts = Map.copyOf(verdicts);
    }

    /** Returns whether every objective was met; true without objectives. */
    public boolean meetsObjectives() {
        return !verdicts.containsValue(false);
    }
}
