package dev.stoker.host;

import dev.stoker.base.Bytes;

/**
 * A process that holds memory.
 *
 * @param process which
 * @param resident its resident set size
 */
public record MemoryUser(HostProcess process, Bytes resident) {}
