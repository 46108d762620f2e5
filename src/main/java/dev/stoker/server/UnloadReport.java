package dev.stoker.server;

import java.time.Duration;

/**
 * What came of an unload.
 *
 * @param gone whether the server no longer lists the model
 * @param time from the request until it was gone, or until waiting ended
 */
public record UnloadReport(boolean gone, Duration time) {}
