package dev.stoker.server;

import dev.stoker.base.Reading;

import java.time.Duration;

/**
 * A load that succeeded.
 *
 * @param clientTime from the request to the moment the server said that the model is ready
 * @param serverTime the load as the server reports it, where it does
 * @param alreadyLoaded whether the model was in memory before: then neither time is a cold load
 */
public record LoadReport(
        Duration clientTime, Reading<Duration> serverTime, boolean alreadyLoaded) {}
