package dev.stoker.host;

/**
 * A process of the host.
 *
 * @param pid its number
 * @param parent its parent's number
 * @param name the kernel's short name
 * @param command the command line, arguments joined by spaces; empty where it may not be read
 */
public record HostProcess(long pid, long parent, String name, String command) {}
