package dev.stoker.server.state;

/**
 * A rate that may be known from below only.
 *
 * @param perSecond a second
 * @param atLeast whether more may have happened than was seen: tokens of a request that ended
 *     between two looks at a server that counts only what runs
 */
public record Pace(double perSecond, boolean atLeast) {}
