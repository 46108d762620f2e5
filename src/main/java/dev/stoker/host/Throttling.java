package dev.stoker.host;

/**
 * Whether heat slows the CPU down at this moment.
 *
 * @param now whether it does
 * @param evidence what the kernel says, in words for a person
 */
public record Throttling(boolean now, String evidence) {}
