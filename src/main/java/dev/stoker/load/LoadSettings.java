package dev.stoker.load;

import java.time.Duration;

/**
 * What holds for all steps of a load test.
 *
 * @param maxErrorRate a step stops when a larger share of its requests has failed, from 20 on; 1 to
 *     go on whatever fails
 * @param thinkTime how long a user waits after an answer
 * @param conversations whether answers are followed by further turns
 * @param mostInFlight no more requests at once; further ones wait, and that is said
 */
public record LoadSettings(
        double maxErrorRate, Duration thinkTime, boolean conversations, int mostInFlight) {}
