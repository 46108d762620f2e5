package dev.stoker.server.state;

import dev.stoker.base.Reading;

import java.util.Optional;

/**
 * One slot of a llama-server: what it computes, or has computed last.
 *
 * @param id its number
 * @param busy whether it computes now
 * @param task the number of its task, the last one if it is idle; empty when it had none yet
 * @param contextLength tokens that fit
 * @param promptTokens tokens of the task's prompt
 * @param decodedTokens tokens generated for the task so far; 0 again once it has ended
 * @param remainingTokens tokens that the task may still generate
 */
public record SlotState(
        long id,
        boolean busy,
        Optional<Long> task,
        Reading<Long> contextLength,
        Reading<Long> promptTokens,
        Reading<Long> decodedTokens,
        Reading<Long> remainingTokens) {}
